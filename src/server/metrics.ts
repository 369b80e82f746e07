// What a service counts, in the text format of Prometheus (version 0.0.4).

type Labels = Readonly<Record<string, string>>;

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labelText = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

/** One number for each set of labels. */
function openCounter() {
  const values = new Map<string, number>();
  return {
    add(amount: number, labels: Labels = {}): void {
      const key = labelText(labels);
      values.set(key, (values.get(key) ?? 0) + amount);
    },
    lines: (name: string) => [...values].map(([labels, value]) => `${name}${labels} ${value}`),
  };
}

/** How often values are at most so large, for each set of labels. */
function openHistogram(bounds: readonly number[]) {
  const series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number; count: number }>();
  return {
    observe(value: number, labels: Labels = {}): void {
      const key = labelText(labels);
      const own = series.get(key) ?? { labels, counts: bounds.map(() => 0), sum: 0, count: 0 };
      series.set(key, own);
      const at = bounds.findIndex((bound) => value <= bound);
      if (at >= 0) own.counts[at]!++;
      own.sum += value;
      own.count++;
    },
    lines: (name: string) =>
      [...series].flatMap(([key, { labels, counts, sum, count }]) => {
        let below = 0;
        const buckets = bounds.map((bound, i) => {
          below += counts[i]!;
          return `${name}_bucket${labelText({ ...labels, le: String(bound) })} ${below}`;
        });
        const all = `${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${count}`;
        return [...buckets, all, `${name}_sum${key} ${sum}`, `${name}_count${key} ${count}`];
      }),
  };
}

/** Measures under their names. */
export function openMetrics() {
  const measures: { name: string; help: string; type: string; lines: (name: string) => string[] }[] = [];
  const add = <M extends { lines: (name: string) => string[] }>(
    type: string,
    name: string,
    help: string,
    measure: M,
  ): M => {
    measures.push({ name, help, type, lines: measure.lines });
    return measure;
  };
  return {
    /** A count that only rises. */
    counter: (name: string, help: string) => add('counter', name, help, openCounter()),
    histogram: (name: string, help: string, bounds: readonly number[]) =>
      add('histogram', name, help, openHistogram(bounds)),
    /** A value that is read when somebody asks. */
    gauge: (name: string, help: string, read: () => number) =>
      void add('gauge', name, help, { lines: () => [`${name} ${read()}`] }),
    text: (): string =>
      measures
        .map(({ name, help, type, lines }) =>
          [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines(name)].join('\n'),
        )
        .join('\n')
        .concat('\n'),
  };
}

export type Metrics = ReturnType<typeof openMetrics>;
