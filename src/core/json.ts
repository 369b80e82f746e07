/** Lists and objects of a text, at most, and how deep they lie in one another. */
const MOST_NESTED = 2 ** 20;
const DEEPEST = 64;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Reads a text in JSON out of a file. Two letters can stand for a list or an object, which takes far more in memory: they are counted before.
 *
 * @throws SyntaxError where it is no JSON, or has more lists and objects or deeper ones than any file of this program
 */
export function parseJson(text: string): unknown {
  let [count, depth] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === QUOTE) {
      for (at++; at < text.length && text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
    } else if (letter === OPEN_LIST || letter === OPEN_OBJECT) {
      if (++count > MOST_NESTED) throw new SyntaxError(`more than ${MOST_NESTED} lists and objects`);
      if (++depth > DEEPEST) throw new SyntaxError(`lists and objects more than ${DEEPEST} deep`);
    } else if (letter === CLOSE_LIST || letter === CLOSE_OBJECT) depth--;
  }
  return JSON.parse(text);
}
