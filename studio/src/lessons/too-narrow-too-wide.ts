import type { Lesson } from './lesson.js';

export const tooNarrowTooWide: Lesson = {
  setup: { data: 'machine', kind: 'basic', options: { code: 2, encoder: [32], epochs: 30, seed: 1 } },
  text: {
    en: {
      title: 'Too narrow, too wide',
      about: 'The smallest error is not the best network.',
      body: `How wide should the code be? The error alone does not say. It falls with every number that is added, down to nothing.

Where the code is **too narrow**, things are lost that matter. The network cannot tell some examples apart, and rebuilds a mean of them.

Where it is **too wide**, as wide as the examples themselves, the network just copies. Its error is nearly zero, for anything whatever, nonsense included. It has learned no rule, since it needed none.

In between lies a width that suits the data: as many numbers as there are things that really vary. The network then gives back what follows the rules, and fails where something breaks them. That failure is useful. An example with a large error is **unlike the rest**. So an autoencoder finds faults that nobody described to it.

The right width is found by trying: go up from one, and stop where the error hardly falls any more, or where the network no longer does its job.`,
      experiment: `A machine has six sensors, but only two things drive them: its load and its speed. One row in fifty does not fit. Press **Train**. Then open **Map** and colour it by error: a few points stand out. Colour it by class: they are the anomalies. The labels were not used.`,
      question: `In **Build**, set **code** to 1 and train again, then to 6. What becomes of the error in each case? And do the anomalies still stand out in the map?`,
      answer: `With 1, the error is several times as large. One number cannot say both load and speed, so normal rows come back wrong as well. Most anomalies still stand out, but some drown.

With 6, the error is practically zero, for all rows alike. Everything is copied, anomalies included, and the colours show nothing but chance. The network with the smallest error is the one that is of no use.

With 2, an anomaly has about a hundred times the error of a normal row.`,
    },
    pt: {
      title: 'Estreito demais, largo demais',
      about: 'O menor erro não faz a melhor rede.',
      body: `Que largura deve ter o código? O erro, sozinho, não diz. Ele cai a cada número acrescentado, até chegar a nada.

Quando o código é **estreito demais**, perde-se o que importa. A rede não distingue certos exemplos e reconstrói uma média deles.

Quando é **largo demais**, tão largo quanto os próprios exemplos, a rede só copia. O erro fica perto de zero para qualquer coisa, mesmo para um absurdo. Ela não aprendeu regra alguma, porque não precisou.

Entre os dois está a largura que convém aos dados: tantos números quantas são as coisas que de fato variam. Então a rede devolve o que segue as regras e falha onde algo as quebra. Essa falha é útil: um exemplo com erro grande é **diferente dos outros**. Assim um autoencoder encontra defeitos que ninguém lhe descreveu.

A largura certa se acha experimentando: comece com um e pare onde o erro quase já não cai, ou onde a rede deixa de servir para o que se quer.`,
      experiment: `Uma máquina tem seis sensores, mas só duas coisas os comandam: a carga e a velocidade. Uma linha em cinquenta destoa. Clique em **Treinar**. Depois abra o **Mapa** e escolha a cor por erro: alguns pontos se destacam. Escolha a cor por classe: são as anomalias. Os rótulos não foram usados.`,
      question: `Em **Montar**, mude **code** para 1 e treine de novo; depois, para 6. O que acontece com o erro em cada caso? E as anomalias ainda se destacam no mapa?`,
      answer: `Com 1, o erro é várias vezes maior. Um número não diz ao mesmo tempo a carga e a velocidade, e por isso também as linhas normais voltam erradas. A maioria das anomalias ainda se destaca, mas algumas se perdem no meio.

Com 6, o erro é praticamente zero, e igual para todas as linhas. Tudo é copiado, inclusive as anomalias, e as cores só mostram o acaso. A rede com o menor erro é a que não serve para nada.

Com 2, o erro de uma anomalia é cerca de cem vezes o de uma linha normal.`,
    },
  },
};
