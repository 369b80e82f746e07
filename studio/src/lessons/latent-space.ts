import type { Lesson } from './lesson.js';

export const latentSpace: Lesson = {
  setup: {
    data: 'digits',
    kind: 'basic',
    options: { code: 2, encoder: [128, 32], activation: 'leaky-relu', loss: 'mse', epochs: 20, seed: 1 },
  },
  text: {
    en: {
      title: 'The latent space',
      about: 'Gaps, separability, discreteness: three weaknesses, and what mends them.',
      body: `An autoencoder is only asked to rebuild. What the space of its codes looks like is left to chance, and it has three usual weaknesses.

**Gaps**: between the codes lie places that no example uses. The decoder was never trained there, and answers with nothing real. Whoever draws new examples from such places gets rubbish.

**Separability**: different things should have different regions. In a narrow code they overlap: 4 and 9 share a place.

**Discreteness**: data that change gradually may end up as islands, or a small step in the code makes a jump in the picture.

Gaps are mended by a **gaussian** code. There each example is not a point but a small cloud, and the loss draws all clouds towards one ball around zero. Clouds fill gaps, and the ball says where to draw from. This is the variational autoencoder. Separability mostly needs **more numbers**, or labels. Jumps become smaller with more numbers too, since there are more ways around.`,
      experiment: `Digits in two numbers, so that the map is the code itself. Press **Train**, open **Map**, and move the pointer over the whole plane. Look for places without points, for bands that shoot far out, and for spots where the decoder shows no digit. Look also at which colours overlap.`,
      question: `In **Build**, set **bottleneck** to gaussian and train again. What is better in the map now, and what is worse?`,
      answer: `TODO`,
    },
    pt: {
      title: 'O espaço latente',
      about: 'Lacunas, separabilidade, descontinuidade: três fraquezas, e o que as conserta.',
      body: `De um autoencoder só se pede que reconstrua. A aparência do espaço dos códigos fica ao acaso, e três fraquezas são comuns.

**Lacunas**: entre os códigos há lugares que nenhum exemplo usa. O decodificador nunca treinou ali e responde com nada de real. Quem sorteia exemplos novos nesses lugares recebe lixo.

**Separabilidade**: coisas diferentes deveriam ter regiões diferentes. Em um código estreito elas se sobrepõem: o 4 e o 9 dividem um lugar.

**Descontinuidade**: dados que mudam aos poucos podem virar ilhas, ou um pequeno passo no código dá um salto na imagem.

Lacunas se consertam com um código **gaussiano**. Nele cada exemplo não é um ponto, e sim uma pequena nuvem, e a perda puxa todas as nuvens para uma só bola em torno do zero. As nuvens preenchem lacunas, e a bola diz de onde sortear. É o autoencoder variacional. A separabilidade costuma pedir **mais números**, ou rótulos. Com mais números os saltos também diminuem, pois há mais caminhos.`,
      experiment: `Dígitos em dois números, de modo que o mapa é o próprio código. Clique em **Treinar**, abra o **Mapa** e passe o ponteiro por todo o plano. Procure lugares sem pontos, faixas que se estendem para longe e pontos em que o decodificador não mostra dígito nenhum. Veja também que cores se sobrepõem.`,
      question: `Em **Montar**, ponha **bottleneck** em gaussian e treine de novo. O que melhora no mapa, e o que piora?`,
      answer: `TODO`,
    },
  },
};
