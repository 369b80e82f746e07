import type { Lesson } from './lesson.js';

export const denoising: Lesson = {
  setup: {
    data: 'digits',
    kind: 'denoising',
    options: {
      code: 128,
      encoder: [128],
      corruption: 'salt-and-pepper',
      noise: 0.2,
      activation: 'leaky-relu',
      epochs: 10,
      seed: 1,
    },
  },
  text: {
    en: {
      title: 'Denoising',
      about: 'Spoil the example, ask for the clean one.',
      body: `A bottleneck keeps a network from copying. There is another way: make copying **wrong**.

Each time an example comes by, some of it is spoilt at random. Only the spoilt one goes into the encoder. But the loss compares what comes out with the **clean** one. Whoever copies now copies the noise, and pays for it.

So the network must know what a digit looks like: strokes hold together, lone white dots do not belong, a hole in a stroke is to be filled. Even a code as wide as you like cannot get around that.

This gives two things. One is a tool: the network **cleans** examples it has never seen. The other is a better code, since what it keeps is what noise does not change.

There are several ways to spoil: gaussian noise on every value, masking (values set to 0), or salt and pepper (some pixels become white or black). The noise of the training should be like the noise to be removed.`,
      experiment: `One pixel in five is replaced by white or black, a new choice each time. The code has 128 numbers, so width is hardly a hindrance. Press **Train**. Then open **Map**, draw a digit of your own, and put a few loose dots around it. Look at what comes back.`,
      question: `In **Build**, set **noise** to 0.01, almost nothing, and train again. What happens to the test error, which is measured on clean digits? Then draw a digit with loose dots once more. Which of the two networks is the better one?`,
      answer: `The test error falls to less than half: with clean digits in and clean digits asked for, a wide code may simply copy.

But the loose dots come back too. We measured it on test digits with small white dots: about a third of their brightness was left, against about an eighth in the network trained with noise. And with one pixel in five spoilt it leaves clearly more error.

The network with the larger error has learned more about digits. The error that counts is that of the task: to clean, or to rebuild what is clean already.`,
    },
    pt: {
      title: 'Remoção de ruído',
      about: 'Estrague o exemplo e peça o limpo.',
      body: `Um gargalo impede que a rede copie. Há outro caminho: fazer com que copiar seja **errado**.

Cada vez que um exemplo passa, uma parte dele é estragada ao acaso. Só o estragado entra no codificador. Mas a perda compara o que sai com o exemplo **limpo**. Quem copia agora copia o ruído, e paga por isso.

Então a rede precisa saber como é um dígito: os traços são contínuos, pontos brancos soltos não pertencem a ele, um furo no traço deve ser preenchido. Nem o código mais largo escapa disso.

Disso resultam duas coisas. Uma é uma ferramenta: a rede **limpa** exemplos que nunca viu. A outra é um código melhor, pois ele guarda o que o ruído não muda.

Há vários modos de estragar: ruído gaussiano em todos os valores, mascaramento (valores postos em 0), ou sal e pimenta (alguns pixels viram brancos ou pretos). O ruído do treino deve se parecer com o que se quer remover.`,
      experiment: `Um em cada cinco pixels é trocado por branco ou preto, e o sorteio muda a cada vez. O código tem 128 números, e a largura quase não atrapalha. Clique em **Treinar**. Depois abra o **Mapa**, desenhe o seu dígito e ponha alguns pontos soltos em volta. Veja o que volta.`,
      question: `Em **Montar**, mude **noise** para 0.01, quase nada, e treine de novo. O que acontece com o erro de teste, que é medido em dígitos limpos? Depois desenhe outra vez um dígito com pontos soltos. Qual das duas redes é a melhor?`,
      answer: `O erro de teste cai para menos da metade: se entram dígitos limpos e se pedem dígitos limpos, um código largo pode simplesmente copiar.

Mas os pontos soltos também voltam. Medimos isso em dígitos de teste com pequenos pontos brancos: sobrou cerca de um terço do brilho deles, contra cerca de um oitavo na rede treinada com ruído. E, com um em cada cinco pixels estragado, ela deixa bem mais erro.

A rede de erro maior aprendeu mais sobre dígitos. O erro que conta é o da tarefa: limpar, ou reconstruir o que já está limpo.`,
    },
  },
};
