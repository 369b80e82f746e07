// The error of the test examples by epoch, with PCA's as the line to beat.
import 'uplot/dist/uPlot.min.css';
import type { EpochRecord } from 'gargalo';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { figure, words } from '../words/words.js';

const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function create(host: HTMLElement, names: { readonly network: string; readonly pca: string }): uPlot {
  const axis = {
    stroke: () => color('muted'),
    grid: { stroke: () => color('line') },
    ticks: { show: false },
    font: '12px system-ui',
  };
  return new uPlot(
    {
      width: host.clientWidth,
      height: 240,
      cursor: { y: false },
      legend: { show: false },
      scales: { x: { time: false }, y: { distr: 3 } },
      axes: [
        { ...axis, values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? figure(value) : '')) },
        { ...axis, size: 62, values: (_, splits) => splits.map((value) => (value === null ? '' : figure(value))) },
      ],
      series: [
        {},
        {
          label: names.network,
          stroke: () => color('network'),
          width: 2,
          points: { show: ({ data: [epochs] }) => epochs.length < 4 },
        },
        { label: names.pca, stroke: () => color('pca'), width: 1.5, dash: [6, 4], points: { show: false } },
      ],
    },
    [[], [], []],
    host,
  );
}

export function Curve({
  records,
  pcaError,
}: {
  readonly records: readonly EpochRecord[];
  readonly pcaError: number | undefined;
}) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const { train } = words.value;
  useEffect(() => {
    const frame = host.current;
    if (!frame) return;
    plot.current = create(frame, train);
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: frame.clientWidth, height: 240 }));
    observer.observe(frame);
    return () => {
      observer.disconnect();
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => {
    const epochs = records.map(({ epoch }) => epoch);
    const line = epochs.map(() => pcaError ?? null);
    plot.current?.setData([epochs, records.map(({ testSquaredError }) => testSquaredError), line]);
  }, [records, pcaError]);
  return (
    <figure class="curve">
      <figcaption>{train.curve}</figcaption>
      <div ref={host} aria-hidden="true" />
      <p class="key">
        <span>
          <i class="swatch" style={{ '--swatch': 'var(--network)' }} />
          {train.network}
        </span>
        {pcaError !== undefined && (
          <span>
            <i class="swatch" style={{ '--swatch': 'var(--pca)' }} />
            {train.pca}
            {`: ${figure(pcaError)}`}
          </span>
        )}
      </p>
      <Table records={records} />
    </figure>
  );
}

/** Rows of the table, at most: the last ones. */
const ROWS = 500;

/** The curve as a table; its rows are made when it is opened. */
function Table({ records }: { readonly records: readonly EpochRecord[] }) {
  const { train } = words.value;
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{train.table}</summary>
      {isOpen && (
        <div class="scroll tall">
          <table class="figures">
            <thead>
              <tr>
                {[train.epochName, train.trainLoss, train.testLoss, train.error].map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {records.slice(-ROWS).map(({ epoch, trainLoss, testLoss, testSquaredError }) => (
                <tr key={epoch}>
                  <th scope="row">{figure(epoch)}</th>
                  <td>{figure(trainLoss)}</td>
                  <td>{figure(testLoss)}</td>
                  <td>{figure(testSquaredError)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
