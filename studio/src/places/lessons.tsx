import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LessonName } from '../lessons/lessons.js';
import { address, go } from '../state.js';
import { language, words } from '../words/words.js';

/** A text of a lesson: paragraphs, with **strong** words. */
function Text({ text }: { readonly text: string }) {
  return (
    <>
      {text.split('\n\n').map((paragraph) => (
        <p key={paragraph}>
          {paragraph.split('**').map((part, i) => (i % 2 ? <strong key={part}>{part}</strong> : part))}
        </p>
      ))}
    </>
  );
}

/** The lessons, which are fetched when somebody comes for them. */
const book = signal<typeof import('../lessons/lessons.js') | undefined>(undefined);

export function LessonsPlace() {
  useEffect(() => {
    void import('../lessons/lessons.js').then((found) => {
      book.value = found;
    });
  }, []);
  return book.value ? <Lessons book={book.value} /> : <p>…</p>;
}

function Lessons({ book: { lessonNames, lessons } }: { readonly book: typeof import('../lessons/lessons.js') }) {
  const { lessons: said } = words.value;
  const { item } = address.value;
  const at = lessonNames.indexOf(item as LessonName);
  const name = lessonNames[at];
  if (!name) {
    return (
      <>
        <h1>{said.title}</h1>
        <p class="lead">{said.lead}</p>
        <ol class="shelf">
          {lessonNames.map((each) => (
            <li key={each}>
              <button type="button" onClick={() => go({ item: each })}>
                <b>{lessons[each].text[language.value].title}</b>
                <span>{lessons[each].text[language.value].about}</span>
              </button>
            </li>
          ))}
        </ol>
      </>
    );
  }
  const { text, setup } = lessons[name];
  const { title, body, experiment, question, answer } = text[language.value];
  const [before, after] = [lessonNames[at - 1], lessonNames[at + 1]];
  return (
    <article class="lesson">
      <p class="eyebrow">{`${at + 1} / ${lessonNames.length}`}</p>
      <h1>{title}</h1>
      <Text text={body} />
      <div class="experiment">
        <Text text={experiment} />
        <button type="button" class="primary" onClick={() => go({ place: 'train', setup })}>
          {said.open}
        </button>
      </div>
      <h2>{said.question}</h2>
      <Text text={question} />
      <details key={name}>
        <summary>{said.answer}</summary>
        <Text text={answer} />
      </details>
      <p class="actions">
        {before && (
          <button type="button" onClick={() => go({ item: before })}>
            {said.previous}
          </button>
        )}
        {after && (
          <button type="button" onClick={() => go({ item: after })}>
            {said.next}
          </button>
        )}
      </p>
    </article>
  );
}
