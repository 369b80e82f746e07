import type { Lesson } from './lesson.js';

export const bottleneck: Lesson = {
  setup: { data: 'digits', kind: 'basic', options: { code: 2, encoder: [128, 32], epochs: 20, seed: 1 } },
  text: {
    en: {
      title: 'The bottleneck',
      about: 'What must pass through a narrow layer has to be understood.',
      body: `Giving back what one was given sounds easy: copy it. A network that is wide enough everywhere can do so, and learns nothing about the data.

So one layer in the middle is made narrow. This is the **bottleneck**. The numbers in it are the **code** of an example, and how many there are is the width of the code.

A digit here has 784 pixels. With a code of two numbers, copying is out of the question. Yet pixels are not free of one another: neighbours are alike, strokes have a thickness, an 8 closes its loops. Whoever knows such rules needs few numbers to say which digit it is and how it is written. The network is forced to find the rules.

Each code is also a place. All places together are the **latent space**. In a good one, examples that look alike lie close together, though nobody asked for it: it is the cheapest way to rebuild them.

What no longer fits through is lost. A narrow code keeps what many digits share, and drops what is special to one.`,
      experiment: `10,000 digits go through two numbers. Press **Train**. Watch the rebuilt digits under the originals, and the curve: it shows the squared error of digits that the network was not trained on. The straight line is **PCA**, an older method, with as many numbers. Then open **Map** and point anywhere.`,
      question: `In **Build**, set **code** to 8 and train again, then to 32. How far does the error fall each time? And does each further number help as much as the first ones?`,
      answer: `With 8 numbers the error is about half of what 2 leave, and with 32 about a fifth. But going from 2 to 8 takes six numbers, and each of them takes off several times as much as one of the next twenty-four.

The first numbers say what matters most: which digit, slanted or upright, thick or thin. The later ones add details. At 2 the digits are blurred and some are taken for others; at 32 they are hard to tell from the originals.`,
    },
    pt: {
      title: 'O gargalo',
      about: 'O que passa por uma camada estreita precisa ser compreendido.',
      body: `Devolver o que se recebeu parece fácil: basta copiar. Uma rede larga em toda parte consegue fazer isso, e nada aprende sobre os dados.

Por isso uma camada no meio é estreita. É o **gargalo**. Os números que passam por ele são o **código** do exemplo, e a quantidade deles é a largura do código.

Aqui um dígito tem 784 pixels. Com um código de dois números, copiar é impossível. Mas os pixels não são independentes: vizinhos se parecem, os traços têm uma espessura, um 8 fecha suas voltas. Quem conhece essas regras precisa de poucos números para dizer que dígito é e como está escrito. A rede é obrigada a descobrir as regras.

Cada código é também um lugar. O conjunto desses lugares é o **espaço latente**. Quando ele é bom, exemplos parecidos ficam próximos, embora ninguém tenha pedido: é a maneira mais barata de reconstruí-los.

O que não cabe se perde. Um código estreito guarda o que muitos dígitos têm em comum e abandona o que é só de um.`,
      experiment: `10.000 dígitos passam por dois números. Clique em **Treinar**. Observe os dígitos reconstruídos sob os originais, e a curva: ela mostra o erro quadrático em dígitos com os quais a rede não treinou. A linha reta é a **PCA**, um método mais antigo, com a mesma quantidade de números. Depois abra o **Mapa** e aponte para qualquer lugar.`,
      question: `Em **Montar**, mude **code** para 8 e treine de novo; depois, para 32. Quanto o erro cai a cada vez? E cada número a mais ajuda tanto quanto os primeiros?`,
      answer: `Com 8 números o erro é mais ou menos metade do que resta com 2; com 32, cerca de um quinto. Mas de 2 para 8 são seis números, e cada um deles reduz o erro várias vezes mais do que cada um dos vinte e quatro seguintes.

Os primeiros números dizem o que mais importa: que dígito é, inclinado ou reto, grosso ou fino. Os seguintes acrescentam detalhes. Com 2, os dígitos saem borrados e alguns são tomados por outros; com 32, é difícil distingui-los dos originais.`,
    },
  },
};
