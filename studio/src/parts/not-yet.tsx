import { go } from '../state.js';
import { words } from '../words/words.js';

/** A place that has nothing to show before a network has learned. */
export function NotYet({ title, says }: { readonly title: string; readonly says: string }) {
  return (
    <>
      <h1>{title}</h1>
      <p class="lead">{says}</p>
      <button type="button" class="primary" onClick={() => go({ place: 'train' })}>
        {words.value.places.train}
      </button>
    </>
  );
}
