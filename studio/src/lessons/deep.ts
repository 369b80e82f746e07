import type { Lesson } from './lesson.js';

export const deep: Lesson = {
  setup: {
    data: 'roll',
    kind: 'deep',
    options: { code: 2, encoder: [64, 64], activation: 'leaky-relu', epochs: 40, seed: 1 },
  },
  text: {
    en: {
      title: 'Deep',
      about: 'Several small bends, one after another, reach farther than a big one.',
      body: `A network is **deep** when it has several hidden layers between input and code, and as many between code and output.

One hidden layer is enough in principle: if it is wide enough, it can come as near to any curve as one likes. But it has to put the curve together from many short straight pieces, all side by side, and each needs a unit of its own.

A second layer works on what the first has made. Where the first folds the space once, the second folds what is folded already. The number of pieces is **multiplied** instead of added. So depth often gets more out of the same number of weights.

Deep networks used to be hard to train: steps that started at the output arrived weak at the first layers. In 2006 Hinton and Salakhutdinov trained an autoencoder layer by layer first, and so started the wave of deep learning. Today better activations, better first weights and better ways to choose the step do the same without that.`,
      experiment: `The rolled sheet again, with two hidden layers of 64 units in each half: about 9,000 weights. Press **Train** and write down the error at the end, in **Figures**, and what part of PCA’s error it is.`,
      question: `In **Build**, set **encoder** to 800: one hidden layer instead of two, with about as many weights (the picture of the network says how many). Which of the two networks unrolls the sheet better? What does 64 alone do?`,
      answer: `The deep one: it leaves about a quarter of PCA’s error. The wide one leaves about four tenths, with a few more weights. A single layer of 64 stays at about six tenths.

More depth is not always better. Try **64, 64, 64**: on these 1,500 points the third layer gains nothing on the test error, though it does fit the training examples better.`,
    },
    pt: {
      title: 'Profundo',
      about: 'Várias curvas pequenas, uma depois da outra, chegam mais longe do que uma grande.',
      body: `Uma rede é **profunda** quando tem várias camadas ocultas entre a entrada e o código, e outras tantas entre o código e a saída.

Em princípio basta uma camada oculta: se for larga o bastante, ela chega tão perto de qualquer curva quanto se queira. Mas precisa montar a curva com muitos pedaços retos e curtos, lado a lado, e cada pedaço custa uma unidade.

Uma segunda camada trabalha sobre o que a primeira fez. Onde a primeira dobra o espaço uma vez, a segunda dobra o que já está dobrado. O número de pedaços se **multiplica** em vez de se somar. Por isso a profundidade costuma tirar mais proveito da mesma quantidade de pesos.

Redes profundas já foram difíceis de treinar: as correções partiam da saída e chegavam fracas às primeiras camadas. Em 2006, Hinton e Salakhutdinov treinaram um autoencoder primeiro camada por camada, e assim começou a onda do aprendizado profundo. Hoje, melhores ativações, melhores pesos iniciais e melhores maneiras de escolher o passo dispensam isso.`,
      experiment: `De novo a folha enrolada, com duas camadas ocultas de 64 unidades em cada metade: cerca de 9.000 pesos. Clique em **Treinar** e anote o erro final, em **Números**, e que parte ele é do erro da PCA.`,
      question: `Em **Montar**, ponha **encoder** em 800: uma camada oculta em vez de duas, com quase a mesma quantidade de pesos (o desenho da rede diz quantos). Qual das duas redes desenrola melhor a folha? E o que faz 64 sozinho?`,
      answer: `A profunda: ela deixa cerca de um quarto do erro da PCA. A larga deixa cerca de quatro décimos, com um pouco mais de pesos. Uma só camada de 64 fica em cerca de seis décimos.

Mais profundidade nem sempre é melhor. Experimente **64, 64, 64**: com estes 1.500 pontos, a terceira camada não melhora o erro de teste, embora se ajuste melhor aos exemplos de treino.`,
    },
  },
};
