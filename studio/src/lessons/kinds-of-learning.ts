import type { Lesson } from './lesson.js';

export const kindsOfLearning: Lesson = {
  setup: { data: 'blobs', kind: 'basic', options: { code: 1, encoder: [32], epochs: 30, seed: 1 } },
  text: {
    en: {
      title: 'Three kinds of learning',
      about: 'Who says what is right: a person, nobody, or the data.',
      body: `A network learns from examples. What differs is where the right answer comes from.

In **supervised** learning a person gives the answer to each example: this picture is a 7. The network learns to give the same answer for new pictures. Such answers are called labels, and somebody has to write them.

In **unsupervised** learning there are no labels. The aim is to find order in the examples: groups, directions, what goes with what.

**Self-supervised** learning makes a task out of the data alone. Hide a part and guess it; spoil an example and mend it; squeeze it and rebuild it. The right answer is known without anyone’s work: it is the example.

An **autoencoder** learns in this last way. It must give back what it was given, through a narrow passage. What it finds on the way, without labels, is order in the data. That is why it is counted among the unsupervised methods too.`,
      experiment: `900 points with ten values each come from three clouds. The network may keep one number of each point, its code. Press **Train**, then open **Map**: points are laid out from left to right by their code. The colours are the labels. The network never sees them.`,
      question: `Three colours, three groups: the network found the classes by itself. Does it always? In **Build**, set the data to **Two rings** and train again. Are the colours still apart?`,
      answer: `No: inner and outer points now lie among each other. The only task was to rebuild each point, and for that it helps most to know where along a ring it lies. Which ring it is counts for less, so it is what one number leaves out.

Classes show up without labels where they are the largest differences in the data. Where they are not, only labels can say that they matter.`,
    },
    pt: {
      title: 'Três tipos de aprendizado',
      about: 'Quem diz o que está certo: uma pessoa, ninguém ou os próprios dados.',
      body: `Uma rede aprende com exemplos. O que muda é de onde vem a resposta certa.

No aprendizado **supervisionado**, uma pessoa dá a resposta de cada exemplo: esta imagem é um 7. A rede aprende a responder da mesma forma a imagens novas. Essas respostas se chamam rótulos, e alguém precisa escrevê-las.

No aprendizado **não supervisionado** não há rótulos. O objetivo é encontrar ordem nos exemplos: grupos, direções, o que anda junto.

O aprendizado **autossupervisionado** cria uma tarefa só com os dados. Esconder uma parte e adivinhá-la; estragar um exemplo e consertá-lo; espremê-lo e reconstruí-lo. A resposta certa não dá trabalho a ninguém: é o próprio exemplo.

Um **autoencoder** aprende desta última forma. Ele deve devolver o que recebeu, passando por um lugar estreito. O que ele encontra no caminho, sem rótulos, é a ordem dos dados. Por isso também é contado entre os métodos não supervisionados.`,
      experiment: `900 pontos, com dez valores cada um, vêm de três nuvens. De cada ponto a rede pode guardar um só número, o código. Clique em **Treinar** e depois abra o **Mapa**: os pontos estão dispostos da esquerda para a direita conforme o código. As cores são os rótulos. A rede nunca os vê.`,
      question: `Três cores, três grupos: a rede encontrou as classes sozinha. Será que isso sempre acontece? Em **Montar**, escolha os dados **Dois anéis** e treine de novo. As cores continuam separadas?`,
      answer: `Não: pontos de dentro e de fora agora se misturam. A única tarefa era reconstruir cada ponto, e para isso o que mais ajuda é saber em que lugar do anel ele está. Em qual dos anéis ele está pesa menos, e é isso que um só número deixa de fora.

Sem rótulos, as classes aparecem quando são as maiores diferenças nos dados. Quando não são, só os rótulos podem dizer que elas importam.`,
    },
  },
};
