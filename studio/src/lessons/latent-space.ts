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

Gaps are mended by a **gaussian** code. There each example is not a point but a small cloud, and the loss draws all clouds towards one ball around zero. Clouds fill gaps, and the ball says where to draw from. This is the variational autoencoder. It makes jumps smaller too, since clouds that touch must decode alike. Separability mostly needs **more numbers** in the code, or labels.`,
      experiment: `Digits in two numbers, so that the map is the code itself. Press **Train**, open **Map**, and move the pointer over the whole plane. Look for places without points, and for spots where the decoder shows no digit. Move slowly from one colour to another: does the picture change evenly, or all at once? Which colours overlap?`,
      question: `In **Build**, set **bottleneck** to gaussian and train again. What is better in the map now, and what is worse?`,
      answer: `Better: the codes form one cloud around zero, with a spread of about 1 both ways. Of the places on straight lines between two codes, only about half as many lie in gaps. The picture changes more evenly along them: the largest of 32 steps was about twice the mean one, and is now about 1.4 times. At the rim of the cloud there are still empty places.

Worse: the error rises by about a tenth, and the colours overlap a little more. Of the digits, about two thirds had neighbours that were mostly of their own class; now it is six in ten.

That mends itself with room: with **code** 8 and a plain bottleneck it is nearly nine in ten. No remedy mends everything.`,
    },
    pt: {
      title: 'O espaço latente',
      about: 'Lacunas, separabilidade, descontinuidade: três fraquezas, e o que as conserta.',
      body: `De um autoencoder só se pede que reconstrua. A aparência do espaço dos códigos fica ao acaso, e três fraquezas são comuns.

**Lacunas**: entre os códigos há lugares que nenhum exemplo usa. O decodificador nunca treinou ali e responde com nada de real. Quem sorteia exemplos novos nesses lugares recebe lixo.

**Separabilidade**: coisas diferentes deveriam ter regiões diferentes. Em um código estreito elas se sobrepõem: o 4 e o 9 dividem um lugar.

**Descontinuidade**: dados que mudam aos poucos podem virar ilhas, ou um pequeno passo no código dá um salto na imagem.

Lacunas se consertam com um código **gaussiano**. Nele cada exemplo não é um ponto, e sim uma pequena nuvem, e a perda puxa todas as nuvens para uma só bola em torno do zero. As nuvens preenchem lacunas, e a bola diz de onde sortear. É o autoencoder variacional. Ele também diminui os saltos, pois nuvens que se tocam precisam ser decodificadas de modo parecido. A separabilidade costuma pedir **mais números** no código, ou rótulos.`,
      experiment: `Dígitos em dois números, de modo que o mapa é o próprio código. Clique em **Treinar**, abra o **Mapa** e passe o ponteiro por todo o plano. Procure lugares sem pontos e lugares em que o decodificador não mostra dígito nenhum. Vá devagar de uma cor a outra: a imagem muda aos poucos ou de repente? Que cores se sobrepõem?`,
      question: `Em **Montar**, ponha **bottleneck** em gaussian e treine de novo. O que melhora no mapa, e o que piora?`,
      answer: `Melhora: os códigos formam uma só nuvem em torno do zero, com dispersão de cerca de 1 nas duas direções. Dos lugares em linhas retas entre dois códigos, só cerca de metade do que era fica em lacunas. Ao longo delas a imagem muda de modo mais uniforme: o maior de 32 passos era cerca do dobro do passo médio, e agora é cerca de 1,4 vez. Na borda da nuvem ainda há lugares vazios.

Piora: o erro sobe cerca de um décimo, e as cores se sobrepõem um pouco mais. Dos dígitos, cerca de dois terços tinham vizinhos em sua maioria da própria classe; agora são seis em dez.

Com mais espaço isso se conserta: com **code** 8 e o gargalo comum (plain), são quase nove em dez. Nenhum remédio conserta tudo.`,
    },
  },
};
