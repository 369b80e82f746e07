/**
 * The script of the page: theme, copying, and what charts say when pointed at. The page reads well without it.
 * Charts carry their answers in `data-stops`, the map in the element `map-data`; texts are set as text, never as markup.
 */
export const pageScript = String.raw`
(() => {
  'use strict';
  const root = document.documentElement;
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const svg = (name, attributes) => {
    const element = document.createElementNS(one('svg').namespaceURI, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return element;
  };

  // Light and dark.
  const system = matchMedia('(prefers-color-scheme: dark)');
  const toggle = one('[data-theme-toggle]');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
  const name = () => { toggle.textContent = isDark() ? 'Light' : 'Dark'; toggle.setAttribute('aria-label', 'Switch to the ' + (isDark() ? 'light' : 'dark') + ' page'); };
  toggle.hidden = false;
  toggle.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    try { localStorage.setItem('gargalo-theme', root.dataset.theme); } catch { /* a page opened from a file may have no storage */ }
    name();
  });
  system.addEventListener('change', name);
  name();

  // Copying the command.
  for (const button of all('[data-copy]')) {
    button.addEventListener('click', async () => {
      const code = button.parentElement.querySelector('code');
      try { await navigator.clipboard.writeText(code.textContent); button.textContent = 'Copied'; }
      catch { getSelection().selectAllChildren(code); button.textContent = 'Selected'; }
      setTimeout(() => { button.textContent = 'Copy'; }, 1600);
    });
  }

  // The tip, at a place on the screen.
  const tip = one('#tip');
  const hide = () => { tip.hidden = true; };
  const show = (content, x, y) => {
    tip.replaceChildren(...content);
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = x + 16 + width > innerWidth - 8 ? x - 16 - width : x + 16;
    const top = y + 16 + height > innerHeight - 8 ? y - 16 - height : y + 16;
    tip.style.transform = 'translate(' + Math.max(8, Math.min(left, innerWidth - width - 8)) + 'px,' + Math.max(8, top) + 'px)';
  };
  const lines = (text) => {
    const [first, ...rest] = text.split('\n');
    const strong = document.createElement('b');
    strong.textContent = first;
    return [strong, document.createTextNode('\n' + rest.join('\n'))];
  };
  // Pixels of the screen and units of a drawing.
  const scaleOf = (chart) => {
    const box = chart.getBoundingClientRect();
    return { box, scale: chart.viewBox.baseVal.width / box.width };
  };
  const nearest = (items, distance) => {
    let best = 0, least = Infinity;
    for (let i = 0; i < items; i++) { const d = distance(i); if (d < least) { least = d; best = i; } }
    return [best, least];
  };

  // Charts with stops along x.
  for (const chart of all('[data-stops]')) {
    const stops = JSON.parse(chart.dataset.stops);
    const height = chart.viewBox.baseVal.height;
    const cursor = svg('line', { class: 'cursor', y1: 8, y2: height - 34, visibility: 'hidden' });
    chart.prepend(cursor);
    let at = stops.length - 1;
    const leave = () => { cursor.setAttribute('visibility', 'hidden'); hide(); };
    const go = (i, y) => {
      at = i;
      const { box, scale } = scaleOf(chart);
      cursor.setAttribute('x1', stops[i][0]);
      cursor.setAttribute('x2', stops[i][0]);
      cursor.setAttribute('visibility', 'visible');
      show(lines(stops[i][1]), box.left + stops[i][0] / scale, y ?? box.top + box.height / 3);
    };
    const follow = (event) => {
      const { box, scale } = scaleOf(chart);
      const x = (event.clientX - box.left) * scale;
      go(nearest(stops.length, (i) => Math.abs(stops[i][0] - x))[0], event.clientY);
    };
    chart.addEventListener('pointermove', follow);
    chart.addEventListener('pointerdown', follow);
    chart.addEventListener('pointerleave', leave);
    chart.addEventListener('blur', leave);
    chart.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === 'Escape') leave();
      if (!step) return;
      event.preventDefault();
      go(Math.max(0, Math.min(stops.length - 1, at + step)));
    });
  }

  // The map of codes.
  const data = one('#map-data') && JSON.parse(one('#map-data').textContent);
  if (!data) return;
  const total = data.points.length / 2;
  let alone = null;
  const visible = (i) => alone === null || data.labels[i] === alone;

  const thumbnail = (i) => {
    const { pictures, profiles } = data;
    if (pictures && i < pictures.count) {
      const zoom = Math.max(1, Math.round(96 / Math.max(pictures.width, pictures.height)));
      const box = document.createElement('div');
      box.className = 'thumbnail';
      const px = (n) => n * zoom + 'px';
      box.style.cssText = 'width:' + px(pictures.width) + ';height:' + px(pictures.height);
      box.style.backgroundImage = 'url(' + pictures.uri + ')';
      box.style.backgroundSize = px(pictures.width * pictures.columns) + ' ' + px(pictures.height * pictures.rows);
      box.style.backgroundPosition = px(-pictures.width * (i % pictures.columns)) + ' ' + px(-pictures.height * Math.floor(i / pictures.columns));
      return [box];
    }
    if (profiles && i < profiles.values.length / profiles.size) {
      const box = svg('svg', { width: 150, height: 48, viewBox: '0 0 150 48' });
      const values = profiles.values.slice(i * profiles.size, (i + 1) * profiles.size);
      const step = 146 / Math.max(1, values.length - 1);
      box.append(svg('polyline', { points: values.map((v, x) => 2 + x * step + ',' + (46 - (v * 44) / 255)).join(' ') }));
      return [box];
    }
    return [];
  };

  for (const chart of all('[data-map]')) {
    const [left, right, bottom, top] = chart.dataset.map.split(' ').map(Number);
    const x = (i) => left + (data.points[2 * i] / 1e4) * (right - left);
    const y = (i) => bottom + (data.points[2 * i + 1] / 1e4) * (top - bottom);
    const ring = svg('circle', { class: 'ring', r: 7, visibility: 'hidden' });
    chart.append(ring);
    let at = -1;
    const leave = () => { ring.setAttribute('visibility', 'hidden'); hide(); };
    const go = (i) => {
      at = i;
      const { box, scale } = scaleOf(chart);
      ring.setAttribute('cx', x(i));
      ring.setAttribute('cy', y(i));
      ring.setAttribute('visibility', 'visible');
      const label = data.labels ? (data.labels[i] < 0 ? 'unknown' : data.names[data.labels[i]]) : '';
      const where = 'test example ' + i.toLocaleString('en-US');
      show([...thumbnail(i), ...lines(label ? label + '\n' + where : where)], box.left + x(i) / scale, box.top + y(i) / scale);
    };
    const follow = (event) => {
      const { box, scale } = scaleOf(chart);
      const px = (event.clientX - box.left) * scale;
      const py = (event.clientY - box.top) * scale;
      const [i, distance] = nearest(total, (n) => (visible(n) ? Math.hypot(x(n) - px, y(n) - py) : Infinity));
      if (distance * 1 < 28 * scale) go(i); else leave();
    };
    chart.addEventListener('pointermove', follow);
    chart.addEventListener('pointerdown', follow);
    chart.addEventListener('pointerleave', leave);
    chart.addEventListener('blur', leave);
    chart.addEventListener('keydown', (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (event.key === 'Escape') leave();
      if (!way) return;
      event.preventDefault();
      const [fromX, fromY] = at >= 0 && visible(at) ? [x(at), y(at)] : [(left + right) / 2, (top + bottom) / 2];
      // The nearest dot within 45° of the arrow.
      const [i, distance] = nearest(total, (n) => {
        const ahead = (x(n) - fromX) * way[0] + (y(n) - fromY) * way[1];
        const aside = Math.abs((x(n) - fromX) * way[1]) + Math.abs((y(n) - fromY) * way[0]);
        return n !== at && visible(n) && ahead > 0 && aside <= ahead ? Math.hypot(ahead, aside) : Infinity;
      });
      if (distance < Infinity) go(i);
    });
  }

  for (const button of all('.legend button')) {
    button.addEventListener('click', () => {
      const chosen = Number(button.dataset.class);
      alone = alone === chosen ? null : chosen;
      for (const other of all('.legend button')) other.setAttribute('aria-pressed', String(Number(other.dataset.class) === alone));
      for (const chart of all('[data-map]')) chart.classList.toggle('alone', alone !== null);
      for (const mark of all('[data-map] [data-class]')) mark.classList.toggle('chosen', Number(mark.dataset.class) === alone);
    });
  }
})();
`;

/** Runs before the page is drawn, so that a chosen theme does not flash. */
export const themeScript = `try{const t=localStorage.getItem('gargalo-theme');if(t==='dark'||t==='light')document.documentElement.dataset.theme=t}catch{}`;
