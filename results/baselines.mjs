// Classical ways of cleaning images, as simply as they can be written, to stand beside learned ones.

/** A place on a line that goes on beyond its ends as in mirrors. */
const mirrored = (i, length) => {
  const within = ((i % (2 * length)) + 2 * length) % (2 * length);
  return within < length ? within : 2 * length - 1 - within;
};

/** Weighted sums along the rows of an image, then along its columns. */
function alongBoth(values, width, height, weights) {
  const reach = (weights.length - 1) / 2;
  const rows = new Float32Array(values.length);
  const result = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = -reach; i <= reach; i++) sum += weights[i + reach] * values[y * width + mirrored(x + i, width)];
      rows[y * width + x] = sum;
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = -reach; i <= reach; i++) sum += weights[i + reach] * rows[mirrored(y + i, height) * width + x];
      result[y * width + x] = sum;
    }
  }
  return result;
}

/**
 * A gray image blurred by a normal distribution.
 * @param {number} deviation  in pixels
 */
export function gaussianBlur({ width, height, data }, deviation) {
  const reach = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return alongBoth(
    data,
    width,
    height,
    weights.map((weight) => weight / sum),
  );
}

/**
 * Non-local means of a gray image: each pixel is the mean of those whose surroundings are like its own (Buades, Coll & Morel
 * 2005; with the noise's part of the distance taken off). Surroundings of 5 × 5 pixels, looked for within 10 pixels.
 * @param {number} deviation  of the noise
 * @param {number} strength  how unlike surroundings may be, in deviations of the noise
 */
export function nonLocalMeans({ width, height, data }, deviation, strength) {
  const [reach, search] = [2, 10];
  const box = Array.from({ length: 2 * reach + 1 }, () => 1 / (2 * reach + 1));
  const sums = new Float32Array(data.length);
  const weights = new Float32Array(data.length);
  const moved = new Float32Array(data.length);
  const squares = new Float32Array(data.length);
  for (let down = -search; down <= search; down++) {
    for (let across = -search; across <= search; across++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const i = y * width + x;
          moved[i] = data[mirrored(y + down, height) * width + mirrored(x + across, width)];
          squares[i] = (data[i] - moved[i]) ** 2;
        }
      }
      const distances = alongBoth(squares, width, height, box);
      for (let i = 0; i < data.length; i++) {
        const distance = Math.max(0, distances[i] - 2 * deviation ** 2);
        const weight = Math.exp(-distance / (strength * deviation) ** 2);
        sums[i] += weight * moved[i];
        weights[i] += weight;
      }
    }
  }
  return sums.map((sum, i) => sum / weights[i]);
}
