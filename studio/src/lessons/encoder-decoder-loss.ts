import type { Lesson } from './lesson.js';

export const encoderDecoderLoss: Lesson = {
  setup: {
    data: 'roll',
    kind: 'basic',
    options: { code: 2, encoder: [64, 64], activation: 'leaky-relu', epochs: 40, seed: 1 },
  },
  text: {
    en: {
      title: 'Encoder, decoder, loss',
      about: 'Two halves, and one number that says how well they do.',
      body: `An autoencoder has two halves. The **encoder** turns an example into its code. The **decoder** turns a code into an example again, the **reconstruction**.

Both are made of **layers**. A layer takes numbers in, multiplies each by a weight, adds them up, and bends the sums a little. That bend is the activation. The weights are what the network learns.

The **loss** says how far a reconstruction is from its example. Here it is the squared error: each value’s difference, squared, and their mean. Zero would be perfect.

Training is a small step, over and over. Take a few examples, compute the loss, and find out in which direction each weight lowers it. Move every weight a little that way. How little is the **learning rate**. Once through all examples is an **epoch**.

Some examples are kept aside and never trained on. The loss on them tells whether the network has learned a rule, or only its exercises by heart.`,
      experiment: `A sheet is rolled up in space. Each of its points has three coordinates, yet two numbers would do: how far along the sheet it lies, and how far across. Press **Train**. The training begins at PCA, so the curve starts near that line. Then the network unrolls the sheet, and the error falls to about a quarter.`,
      question: `Which half does the bending? In **Build**, open the folded options of the network and set **decoder** to none: its hidden layers go, the encoder keeps its own. Train again. Where does the curve end?`,
      answer: `It stays at the line of PCA. Without hidden layers the decoder has no bend. Whatever code it is given, its answers lie on one flat plane in space. The best flat plane is that of PCA, and no encoder can help with that, however deep it is.

So the two halves need one another: the encoder finds where on the sheet a point lies, and the decoder has to know how the sheet is rolled.`,
    },
    pt: {
      title: 'Codificador, decodificador, perda',
      about: 'Duas metades, e um número que diz como elas se saem.',
      body: `Um autoencoder tem duas metades. O **codificador** transforma um exemplo em código. O **decodificador** transforma um código de volta em exemplo: a **reconstrução**.

As duas são feitas de **camadas**. Uma camada recebe números, multiplica cada um por um peso, soma tudo e curva um pouco o resultado. Essa curva é a ativação. Os pesos são o que a rede aprende.

A **perda** diz a que distância a reconstrução está do exemplo. Aqui é o erro quadrático: a diferença de cada valor ao quadrado, e a média delas. Zero seria perfeito.

Treinar é repetir um pequeno passo. Tomar alguns exemplos, calcular a perda e descobrir em que direção cada peso a diminui. Mover cada peso um pouco nessa direção. Quanto é esse pouco, diz a **taxa de aprendizado**. Uma passagem por todos os exemplos é uma **época**.

Alguns exemplos ficam de lado e nunca são treinados. A perda neles mostra se a rede aprendeu uma regra ou só decorou os exercícios.`,
      experiment: `Uma folha está enrolada no espaço. Cada ponto dela tem três coordenadas, mas dois números bastariam: a que altura do comprimento ele está, e a que altura da largura. Clique em **Treinar**. O treino parte da PCA, por isso a curva começa perto daquela linha. Depois a rede desenrola a folha, e o erro cai para cerca de um quarto.`,
      question: `Qual das metades faz a curva? Em **Montar**, abra as opções recolhidas da rede e ponha **decoder** em none: as camadas ocultas dele somem, e o codificador mantém as suas. Treine de novo. Onde a curva termina?`,
      answer: `Ela fica na linha da PCA. Sem camadas ocultas, o decodificador não curva nada. Seja qual for o código, suas respostas ficam em um só plano do espaço. O melhor plano é o da PCA, e nisso nenhum codificador ajuda, por mais profundo que seja.

As metades precisam uma da outra: o codificador encontra em que lugar da folha está o ponto, e o decodificador tem de saber como ela está enrolada.`,
    },
  },
};
