import { DrawPad } from '../parts/draw-pad.js';
import { colourBy, Legend, MapView, pointed } from '../parts/map-view.js';
import { Measures } from '../parts/measures.js';
import { NotYet } from '../parts/not-yet.js';
import { Example } from '../parts/picture.js';
import { course, look, trainedOn } from '../state.js';
import { percent, words } from '../words/words.js';

function Answer() {
  const { map } = words.value;
  const [known, at] = [trainedOn.value, pointed.value];
  if (!known || !at || at.decoded.length === 0) return <p>{map.point}</p>;
  const { facts, sample } = known;
  const size = sample.values.length / sample.count;
  const label = facts.classes[sample.labels[at.nearest] ?? -1] ?? '';
  return (
    <>
      <h2>{map.decoded}</h2>
      <Example values={at.decoded} facts={facts} label={map.decoded} size={168} />
      {facts.form.type !== 'picture' && <Values values={at.decoded} />}
      {at.nearest >= 0 && (
        <>
          <Example
            values={sample.values.subarray(at.nearest * size, (at.nearest + 1) * size)}
            facts={facts}
            label={map.nearest(at.nearest + 1, label)}
            size={56}
          />
          <p>
            <small>{map.nearest(at.nearest + 1, label)}</small>
          </p>
        </>
      )}
    </>
  );
}

function Values({ values }: { readonly values: Float32Array }) {
  const form = trainedOn.value?.facts.form;
  const names = form?.type === 'row' ? form.columns : ['x', 'y', 'z'];
  if (values.length > 24) return null;
  return (
    <table class="figures">
      <tbody>
        {Array.from(values, (value, i) => (
          <tr key={names[i]}>
            <th scope="row">{names[i]}</th>
            <td>{Number(value.toPrecision(4))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function MapPlace() {
  const { map } = words.value;
  const [known, now] = [trainedOn.value, look.value];
  if (!known || !now) {
    return <NotYet title={map.title} says={map.empty} />;
  }
  const width = course.value?.start?.codeWidth ?? now.plane.origin.length;
  const said = width === 1 ? map.line : width === 2 ? map.exact : map.plane(percent(now.plane.explained));
  return (
    <>
      <h1>{map.title}</h1>
      <p class="lead">{`${map.point} ${said}`}</p>
      <fieldset class="choice">
        <legend>{map.colour}</legend>
        {(['class', 'error'] as const).map((by) => (
          <label key={by}>
            <input
              type="radio"
              name="colour"
              checked={colourBy.value === by}
              onChange={() => {
                colourBy.value = by;
              }}
            />
            {by === 'class' ? map.byClass : map.byError}
          </label>
        ))}
      </fieldset>
      <div class="map-place">
        <div>
          <MapView facts={known.facts} sample={known.sample} />
          {colourBy.value === 'class' && <Legend />}
          <p>
            <small>{map.keys}</small>
          </p>
          <Measures />
        </div>
        <aside aria-live="polite">
          <Answer />
          {known.facts.form.type === 'picture' && known.facts.form.channels === 1 && <DrawPad facts={known.facts} />}
        </aside>
      </div>
    </>
  );
}
