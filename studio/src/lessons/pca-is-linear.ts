import type { Lesson } from './lesson.js';

export const pcaIsLinear: Lesson = {
  setup: { data: 'digits', kind: 'linear', options: { code: 8, start: 'random', epochs: 20, seed: 1 } },
  text: {
    en: {
      title: 'PCA is the linear autoencoder',
      about: 'Without a bend, training finds again what was known in 1901.',
      body: `**PCA**, principal component analysis, is one of the oldest ways to describe data with fewer numbers. It looks for the direction in which the examples differ most, then for the next one at a right angle to it, and so on. The first few directions are kept, and each example is written as its place along them.

Picture a cloud of points in space that is nearly flat. PCA finds the flat sheet that fits it best: no other leaves a smaller squared error.

Now take an autoencoder and leave out every activation. Encoder and decoder then only multiply and add. Such a network is **linear**: its reconstructions lie on a flat sheet too.

Train it with the squared error, and the best it can do is the sheet of PCA. This was proved in 1989. The numbers of the code may be turned or stretched against those of PCA, but the sheet, and so the error, is the same.

That makes PCA the line to beat in every curve here: it is the best that can be had without bending.`,
      experiment: `A linear network sends digits through eight numbers. It starts from random weights and knows nothing of PCA. Press **Train** and watch how its curve comes down to the line, and stops there: within about one percent.`,
      question: `Deeper networks can do more, people say. In **Build**, set **encoder** to 64, which adds a hidden layer to each half, but still without a bend. Does the curve get below the line of PCA?`,
      answer: `No. It comes down a little sooner, and ends at the same line. A multiplication followed by another one is again a multiplication. Layers without activation, however many there are, do no more than one of them.

To get below PCA a network has to bend. Compare with the lesson on the bottleneck: with hidden layers that bend, eight numbers leave little more than half of PCA’s error.`,
    },
    pt: {
      title: 'A PCA é o autoencoder linear',
      about: 'Sem curvas, o treino reencontra o que já se conhecia em 1901.',
      body: `A **PCA**, análise de componentes principais, é uma das maneiras mais antigas de descrever dados com menos números. Ela procura a direção em que os exemplos mais diferem, depois a seguinte, em ângulo reto com a primeira, e assim por diante. Ficam as primeiras direções, e cada exemplo passa a ser sua posição ao longo delas.

Imagine no espaço uma nuvem de pontos quase plana. A PCA encontra a folha plana que melhor se ajusta a ela: nenhuma outra deixa um erro quadrático menor.

Agora tire de um autoencoder todas as ativações. Codificador e decodificador só multiplicam e somam. A rede é **linear**: suas reconstruções também ficam em uma folha plana.

Treinada com o erro quadrático, o melhor que ela consegue é a folha da PCA. Isso foi demonstrado em 1989. Os números do código podem estar girados ou esticados em relação aos da PCA, mas a folha é a mesma, e o erro também.

Por isso a PCA é a linha a superar em todas as curvas daqui: é o melhor que se consegue sem curvar.`,
      experiment: `Uma rede linear faz os dígitos passarem por oito números. Ela parte de pesos sorteados e nada sabe da PCA. Clique em **Treinar** e veja a curva descer até a linha e parar ali, a cerca de um por cento.`,
      question: `Dizem que redes mais profundas fazem mais. Em **Montar**, ponha **encoder** em 64: cada metade ganha uma camada oculta, mas ainda sem curva. A curva do erro passa para baixo da linha da PCA?`,
      answer: `Não. Ela desce um pouco mais cedo e termina na mesma linha. Uma multiplicação seguida de outra ainda é uma multiplicação. Camadas sem ativação, quantas forem, não fazem mais do que uma só.

Para passar abaixo da PCA, a rede precisa curvar. Compare com a lição do gargalo: com camadas ocultas que curvam, oito números deixam pouco mais da metade do erro da PCA.`,
    },
  },
};
