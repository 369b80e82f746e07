import type { Lesson } from './lesson.js';

export const contractive: Lesson = {
  setup: {
    data: 'digits',
    kind: 'contractive',
    options: { code: 64, encoder: [], tied: true, contractive: 0.001, epochs: 15, seed: 1 },
  },
  text: {
    en: {
      title: 'Contractive',
      about: 'A code that keeps still when the example trembles.',
      body: `Change one pixel of a digit a little. It is still the same digit, so its code should hardly move. A **contractive** autoencoder is told so in its loss.

How much the code moves for a small change of the example is measured by derivatives: one for each pair of pixel and code number. All of them together are called the **Jacobian**. Its squares are added up, multiplied by a weight, and added to the loss.

Now two forces pull. The reconstruction wants different digits to have different codes, or it could not tell them apart. The penalty wants all codes to keep still. What remains is movement where it pays: along changes that really occur, such as a digit that slants or grows thicker. Changes that never occur, such as a stray grey pixel, are ignored.

This is kin to denoising. There the network meets disturbed examples and learns to ignore what was done; here it is told so by a formula.`,
      experiment: `Digits go through one layer of 64 units. The decoder uses the same weights as the encoder (the option tied): otherwise the encoder could make its code small, and the decoder large again, and the penalty would be cheated. Press **Train**. In **Figures** below, the term contractive is the penalty, already multiplied by its weight.`,
      question: `In **Build**, make the option **contractive** ten times as large: 0.01. Train again. Divide the term by its weight, 0.001 before and 0.01 now. What became of the movement of the code, and what did it cost?`,
      answer: `The sum of squares falls from about 14 to about 3: the code moves half as much as before, since the squares count. The error rises by some four tenths, and the digits come back more blurred.

There is a second way to keep still, and the network uses it: more than a third of the code numbers become **inactive**. They say the same of every digit. With a weight ten times smaller, 0.0001, the error is only a little lower than with 0.001: that much stillness is nearly free.`,
    },
    pt: {
      title: 'Contrativo',
      about: 'Um código que fica parado quando o exemplo treme.',
      body: `Mude um pouco um pixel de um dígito. O dígito continua o mesmo, e o código quase não deveria se mover. Em um autoencoder **contrativo**, a perda diz isso.

Quanto o código se move com uma pequena mudança do exemplo, medem as derivadas: uma para cada par de pixel e número do código. Todas juntas se chamam **jacobiana**. Seus quadrados são somados, multiplicados por um peso e acrescentados à perda.

Então duas forças puxam. A reconstrução quer códigos diferentes para dígitos diferentes, senão não poderia distingui-los. A penalidade quer que nenhum código se mova. Sobra o movimento que compensa: ao longo das mudanças que de fato ocorrem, como um dígito que se inclina ou engrossa. As que nunca ocorrem, como um pixel cinza perdido, são ignoradas.

É parente da remoção de ruído. Lá a rede encontra exemplos perturbados e aprende a ignorar a perturbação; aqui uma fórmula lhe diz isso.`,
      experiment: `Os dígitos passam por uma camada de 64 unidades. O decodificador usa os mesmos pesos do codificador (a opção tied): sem isso, o codificador poderia encolher o código, o decodificador o aumentaria de novo, e a penalidade seria burlada. Clique em **Treinar**. Mais abaixo, entre os termos da perda, contractive é a penalidade, já multiplicada pelo peso.`,
      question: `Em **Montar**, aumente dez vezes a opção **contractive**: 0.01. Treine de novo. Divida o termo pelo peso, antes 0,001 e agora 0,01. O que aconteceu com o movimento do código, e quanto custou?`,
      answer: `A soma dos quadrados cai de cerca de 14 para cerca de 3: como são quadrados, o código se move metade do que se movia. O erro sobe uns quatro décimos, e os dígitos voltam mais borrados.

Há um segundo modo de ficar parado, e a rede o usa: mais de um terço dos números do código fica **inativo**. Eles dizem o mesmo de todos os dígitos. Com um peso dez vezes menor, 0,0001, o erro é só um pouco menor do que com 0,001: essa parte da quietude sai quase de graça.`,
    },
  },
};
