import type { Lesson } from './lesson.js';

export const sparse: Lesson = {
  setup: {
    data: 'digits',
    kind: 'sparse',
    options: { code: 64, encoder: [], bottleneck: 'top-k', active: 8, epochs: 20, seed: 1 },
  },
  text: {
    en: {
      title: 'Sparse',
      about: 'Many words in the dictionary, few in each sentence.',
      body: `A narrow code is one way to keep a network from copying. Another is to make the code wide, and let only **few of its numbers be active** for any one example. The others are zero. Such a code is **sparse**.

Think of a dictionary. It has many words, and a sentence uses few of them. A code that is narrow has to describe every digit with the same few words. A sparse one picks for each digit those that fit: a loop, a slanted stroke, a bar at the top. That makes the words more special, and often easier to understand.

There are several ways to get there. One adds the size of the code to the loss, so that each active number costs something (the option l1). One asks that each unit be active for a small part of the examples (sparsity). The plainest keeps the largest numbers and sets all others to zero: this is called **top-k**.

A sparse code may even be wider than the example.`,
      experiment: `The code has 64 numbers, and each digit may use 8 of them. Press **Train**. Scroll down to what the first units look for: these are the words. The line of PCA is far below, because it may use all 64 numbers for each digit. A fair line is that of PCA with 8 numbers, an error of about 30: the sparse code leaves about a quarter less.`,
      question: `In **Build**, set **active** to 1: each digit is described by a single word. There are 64 to choose from. How many are in use at the end? Look at the inactive code values in **Figures**, and at the rebuilt digits.`,
      answer: `The error more than doubles, and about sixty of the 64 words are never used. All digits come back as one of very few pictures.

Only the winner of an example learns from it. A word that wins early is improved, and wins more often; one that never wins never learns. Such units are **dead**. With 8 winners there are many more chances, but there too more than half of the words stay unused. With 32, few do.`,
    },
    pt: {
      title: 'Esparso',
      about: 'Muitas palavras no dicionário, poucas em cada frase.',
      body: `Um código estreito é um modo de impedir que a rede copie. Outro é fazer um código largo e deixar **poucos números ativos** em cada exemplo. Os demais são zero. Um código assim é **esparso**.

Pense em um dicionário. Ele tem muitas palavras, e uma frase usa poucas. Um código estreito precisa descrever todos os dígitos com as mesmas poucas palavras. Um esparso escolhe, para cada dígito, as que servem: uma volta, um traço inclinado, uma barra no alto. As palavras ficam mais específicas e, muitas vezes, mais fáceis de entender.

Há várias maneiras de chegar lá. Uma soma à perda o tamanho do código, de modo que cada número ativo custa alguma coisa (a opção l1). Outra pede que cada unidade fique ativa em uma pequena parte dos exemplos (sparsity). A mais simples guarda os maiores números e zera todos os outros: chama-se **top-k**.

Um código esparso pode até ser mais largo do que o exemplo.`,
      experiment: `O código tem 64 números, e cada dígito pode usar 8 deles. Clique em **Treinar**. Desça até o que as primeiras unidades procuram: são as palavras. A linha da PCA está bem abaixo, porque ela pode usar os 64 números em todos os dígitos. A comparação justa é com a PCA de 8 números, cujo erro é de cerca de 30: o código esparso deixa mais ou menos um quarto a menos.`,
      question: `Em **Montar**, mude **active** para 1: cada dígito é descrito por uma única palavra. Há 64 para escolher. Quantas estão em uso no fim? Veja os valores inativos do código, em **Números**, e os dígitos reconstruídos.`,
      answer: `O erro mais que dobra, e cerca de sessenta das 64 palavras nunca são usadas. Todos os dígitos voltam como uma de pouquíssimas imagens.

Só o vencedor de um exemplo aprende com ele. Uma palavra que vence cedo melhora e vence mais vezes; uma que nunca vence nunca aprende. São unidades **mortas**. Com 8 vencedores as oportunidades são bem mais, mas também aí mais da metade das palavras fica sem uso. Com 32, poucas ficam.`,
    },
  },
};
