// Where published figures come from. Those of UFLDL were read on its page; the others are as these papers and pages are
// commonly quoted.

/** @typedef {{ text: string, url: string }} Source */

/** @type {Record<string, Source>} */
export const sources = {
  kerasBlog: {
    text: 'Chollet 2016, Building Autoencoders in Keras',
    url: 'https://blog.keras.io/building-autoencoders-in-keras.html',
  },
  kerasConvolutional: {
    text: 'Valdarrama 2021, Convolutional autoencoder for image denoising (keras.io)',
    url: 'https://keras.io/examples/vision/autoencoder/',
  },
  kerasVariational: {
    text: 'Chollet 2020, Variational AutoEncoder (keras.io)',
    url: 'https://keras.io/examples/generative/vae/',
  },
  hinton: {
    text: 'Hinton & Salakhutdinov 2006, Reducing the Dimensionality of Data with Neural Networks',
    url: 'https://www.cs.toronto.edu/~hinton/absps/science.pdf',
  },
  baldi: {
    text: 'Baldi & Hornik 1989, Neural networks and principal component analysis',
    url: 'https://doi.org/10.1016/0893-6080(89)90014-2',
  },
  ufldl: {
    text: 'Ng et al., UFLDL, Exercise: Implement deep networks for digit classification',
    url: 'http://ufldl.stanford.edu/wiki/index.php/Exercise:_Implement_deep_networks_for_digit_classification',
  },
  rifai: {
    text: 'Rifai et al. 2011, Contractive Auto-Encoders, table 1',
    url: 'https://icml.cc/2011/papers/455_icmlpaper.pdf',
  },
  rezende: {
    text: 'Rezende & Mohamed 2015, Variational Inference with Normalizing Flows, table 2 (diagonal covariance)',
    url: 'https://arxiv.org/abs/1505.05770',
  },
  livernoche: {
    text: 'Livernoche et al. 2023, On Diffusion Modeling for Anomaly Detection (tables of single data sets)',
    url: 'https://arxiv.org/abs/2305.18593',
  },
  stackedDenoising: {
    text: 'Deep Learning Tutorials, Stacked Denoising Autoencoders; Vincent et al. 2010',
    url: 'http://deeplearning.net/tutorial/SdA.html',
  },
};
