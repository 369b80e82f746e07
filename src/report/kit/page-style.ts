/** Names and values of the colours, for one ground. The ten class colours keep ΔE ≥ 20 (light) and ≥ 25 (dark) from one another in normal sight and in simulated protanopia, deuteranopia and tritanopia (Machado 2009). */
export const light = {
  page: '#faf9f6',
  surface: '#ffffff',
  ink: '#1c1e22',
  muted: '#5c616b',
  faint: '#a2a6ad',
  line: '#e5e2db',
  network: '#1d5aa6',
  train: '#4c88cc',
  pca: '#a65410',
  gap: '#b23c17',
  floor: '#3f7447',
  input: '#5c616b',
  warn: '#8a5a00',
  'warn-ground': '#fdf4dd',
  c0: '#332288',
  c1: '#4a79da',
  c2: '#3fb09f',
  c3: '#0c5f0a',
  c4: '#9b9836',
  c5: '#d0b000',
  c6: '#bb755a',
  c7: '#7a1759',
  c8: '#94429a',
  c9: '#70605a',
  // How much brighter weights are drawn, whose colours are made for paper.
  lift: '1',
};

const dark: typeof light = {
  page: '#121417',
  surface: '#1a1d22',
  ink: '#e8e6e1',
  muted: '#a0a5ae',
  faint: '#6b7079',
  line: '#2d3138',
  network: '#84b6f4',
  train: '#5484ba',
  pca: '#e8a562',
  gap: '#ff8a5c',
  floor: '#8cc392',
  input: '#a0a5ae',
  warn: '#f0cf85',
  'warn-ground': '#2b2515',
  c0: '#7c73ff',
  c1: '#95c6ff',
  c2: '#6bffbe',
  c3: '#40731b',
  c4: '#bca52a',
  c5: '#ffff81',
  c6: '#e49170',
  c7: '#ad3a5f',
  c8: '#9946a2',
  c9: '#adb5bd',
  lift: '1.4',
};

function variables(colors: typeof light, scheme: string): string {
  return `color-scheme:${scheme};${Object.entries(colors)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')}`;
}

/** The style sheet of the page. */
export const pageStyle = `
:root{${variables(light, 'light')};
--serif:Charter,"Bitstream Charter","Iowan Old Style","Palatino Linotype",Palatino,Georgia,"DejaVu Serif",serif;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${variables(dark, 'dark')}}}
:root[data-theme=dark]{${variables(dark, 'dark')}}
*,*::before,*::after{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:4.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.6 var(--sans);overflow-wrap:break-word}
main,.bar>div,footer{max-width:68rem;margin:0 auto;padding:0 1.5rem}
h1,h2,h3{font-family:var(--serif);line-height:1.2;font-weight:600;text-wrap:balance;margin:0}
h1{font-size:clamp(2rem,1.3rem + 3vw,3.1rem);letter-spacing:-.015em}
h2{font-size:clamp(1.45rem,1.2rem + 1vw,1.9rem);letter-spacing:-.01em}
h3{font-size:1.1rem;margin:2.2rem 0 .5rem}
h3 small{font:400 .9rem var(--sans);color:var(--muted)}
h4{font:600 1rem var(--sans);margin:1.6rem 0 .3rem}
h4 small{font-weight:400}
section>h2+h3,section h2+div>h3{margin-top:1.2rem}
p{margin:.6rem 0}
small{font-size:.8em;color:var(--muted)}
a{color:inherit}
.lead{max-width:44rem;color:var(--muted);text-wrap:pretty}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.6rem;z-index:5;background:var(--surface);padding:.4rem .8rem;border-radius:6px}
:focus-visible{outline:2px solid var(--network);outline-offset:3px;border-radius:4px}

.bar{position:sticky;top:0;z-index:3;background:color-mix(in srgb,var(--page) 90%,transparent);backdrop-filter:blur(10px);border-bottom:1px solid var(--line)}
.bar>div{display:flex;align-items:center;gap:1rem;min-height:3rem}
.bar nav{flex:1;overflow-x:auto;scrollbar-width:none}
.bar nav::-webkit-scrollbar{display:none}
.bar ul{display:flex;gap:1.35rem;list-style:none;margin:0;padding:0;white-space:nowrap;font-size:.875rem}
.bar a{display:block;padding:.7rem 0;color:var(--muted);text-decoration:none}
.bar a:hover{color:var(--ink)}
button{font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:999px;cursor:pointer}
button:hover{border-color:var(--faint)}
.bar button{flex:none;font-size:.8rem;padding:.25rem .8rem;color:var(--muted)}

.head{padding:clamp(2.2rem,6vw,4.5rem) 0 1rem}
.eyebrow{color:var(--muted);font-size:.9rem;margin:0 0 .7rem}
.verdict{font:400 clamp(1.1rem,1rem + .6vw,1.35rem)/1.45 var(--serif);max-width:42rem;margin:1.1rem 0 0;padding-left:1rem;border-left:3px solid var(--faint);text-wrap:pretty}
.verdict.better{border-color:var(--network)}
.verdict.same,.verdict.worse{border-color:var(--pca)}
.causes{max-width:42rem;margin:.7rem 0 0;padding-left:calc(1rem + 3px);font-size:.95rem;color:var(--muted)}
.causes ul{margin:0;padding-left:1.1rem}
.causes li{margin:.25rem 0}
.causes code{font-family:var(--mono);font-size:.92em;white-space:nowrap;color:var(--ink)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.6rem,1fr));gap:1px;margin:2.2rem 0 0;background:var(--line);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.tile{background:var(--surface);padding:1rem 1.1rem}
.tile dt{font-size:.8rem;color:var(--muted)}
.tile dd{margin:0}
.tile b{display:block;font:600 1.6rem/1.3 var(--serif);font-variant-numeric:lining-nums;letter-spacing:-.01em}
.tile span{font-size:.78rem;line-height:1.35;color:var(--muted);display:block}
.warnings{margin:1.4rem 0 0;padding:.8rem 1.1rem;border-radius:10px;background:var(--warn-ground);color:var(--warn);font-size:.95rem}
.warnings ul{margin:0;padding:0;list-style:none}
.warnings li{padding-left:1.5em;position:relative}
.warnings li::before{content:"!";position:absolute;left:0;width:1.1em;text-align:center;font-weight:700}

section{padding:clamp(2.2rem,5vw,3.6rem) 0 0}
section>h2{padding-top:1.4rem;border-top:1px solid var(--line)}
figure{margin:1.4rem 0 0}
figcaption{font-size:.85rem;color:var(--muted);margin-top:.5rem}
svg.plot{display:block;width:100%;height:auto;font:13px var(--sans);fill:var(--muted);color:var(--ink);overflow:visible;touch-action:pan-y}
.narrow svg.plot,.profile svg.plot{font-size:12px}
svg.plot text{font-variant-numeric:tabular-nums}
.chart.narrow{display:none}
.names text,.mark text{font-weight:600;font-size:13px}
.narrow .names text,.narrow .mark text{font-size:12px}
.number{font-weight:400;fill:var(--muted)}
.mark line{stroke:var(--ink);stroke-dasharray:3 3}
.mark circle{fill:var(--surface);stroke:var(--ink);stroke-width:2}
.mark text{fill:var(--ink);paint-order:stroke;stroke:var(--page);stroke-width:5px;stroke-linejoin:round}
.heat{image-rendering:pixelated}
.frame{fill:none;stroke:var(--line)}
.cursor{stroke:var(--faint);pointer-events:none}
.ring{fill:none;stroke:var(--ink);stroke-width:2;pointer-events:none}

.scroll{overflow-x:auto;max-width:100%;scrollbar-width:thin}
.tall{max-height:26rem;overflow-y:auto}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th{font-weight:400;text-align:left}
.figures,.settings{margin-top:1.4rem}
.figures th,.figures td,.settings th,.settings td{padding:.45rem 1.4rem .45rem 0;border-bottom:1px solid var(--line)}
.figures td,.figures thead th:not(:first-child){text-align:right}
.figures thead th{color:var(--muted);font-size:.8rem;vertical-align:bottom}
.figures tbody th{white-space:nowrap}
.tall .figures{margin-top:0}
.tall thead th{position:sticky;top:0;background:var(--page)}
.settings{width:100%}
.settings th{color:var(--muted);width:14rem;vertical-align:top;font-size:.85rem;padding-top:.55rem}
.settings td{overflow-wrap:anywhere;padding-right:0}
.settings tbody+tbody tr:first-child>*{border-top:1px solid var(--faint)}
details{margin-top:1.2rem}
summary{cursor:pointer;color:var(--muted);font-size:.9rem;width:fit-content}
summary:hover{color:var(--ink)}
details[open] summary{margin-bottom:.8rem}
.swatch{display:inline-block;width:.6rem;height:.6rem;border-radius:50%;background:var(--swatch);margin-right:.5em;flex:none}

.strips{display:grid;gap:1.6rem;margin-top:1.2rem}
.strip td,.strip th{padding:2px 3px;text-align:center}
.strip thead th{font-weight:600;font-size:.95rem;line-height:1.2;padding-bottom:.35rem}
.strip thead span{display:block;max-width:var(--wide);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;margin:auto}
.strip thead small{display:block;font-weight:400;font-size:.7rem}
.strip tbody th,.strip thead td{text-align:left;position:sticky;left:0;background:var(--page);z-index:1;padding-right:.9rem;white-space:nowrap;font-size:.85rem;color:var(--muted)}
.strip img,.mosaic img{display:block;width:var(--wide);height:auto;image-rendering:pixelated;border-radius:3px}
.strip .errors td,.strip .errors th{font-size:.8rem;color:var(--muted);padding-top:.1rem;padding-bottom:.1rem}
.strip:not(.depth) tr:nth-last-child(2)>*{padding-top:.45rem!important}
.strip .band th{padding-top:.7rem;font-size:.85rem;color:var(--muted);position:static}
.strip .band b{color:var(--ink);font-weight:600}
.strip .less{font-weight:650;color:var(--ink)!important}
.key{display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;font-size:.85rem;color:var(--muted)}
.profiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1.2rem 1.6rem;margin-top:.8rem}
.profile{margin:0}
.profile figcaption{margin:0 0 0 2rem;font-size:.85rem}
.profile figcaption b{color:var(--ink);font-weight:600}
.error{float:right;font-variant-numeric:tabular-nums}
.network{color:var(--network)}.pca{color:var(--pca)}
svg.plot .network{color:inherit}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:0 3rem}
.pair h3{margin-top:.4rem}
.mosaic{list-style:none;margin:.7rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,var(--wide));gap:6px}
.mosaic li{background:var(--surface);box-shadow:0 0 0 1px var(--line);border-radius:3px}
.mosaic img,.heat,.ramp{filter:brightness(var(--lift))}
.mosaic.drawn{gap:4px}
.mosaic.drawn li{background:none;box-shadow:none}
.mosaic.drawn img{filter:none}
.histograms{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.2rem,1fr));gap:.9rem 1rem;margin-top:.8rem}
.histograms figure{margin:0}
.histograms svg.plot{font-size:11px}
.histograms figcaption{margin:0;text-align:center;font-size:.78rem}
.stages line{stroke:var(--faint);stroke-dasharray:2 3}
.stages text{fill:var(--muted);font-size:12px}
.value{font-weight:600}
.dumbbell{display:block;width:10rem;margin-left:auto}
.scale{display:flex;align-items:center;gap:.6rem;font-size:.8rem;color:var(--muted);margin-top:1rem}
.ramp{width:9rem;height:.6rem;border-radius:3px;background:linear-gradient(90deg,rgb(38 110 214),rgb(38 110 214 / 0) 50%,rgb(214 56 42 / 0) 50%,rgb(214 56 42));box-shadow:0 0 0 1px var(--line)}

.map{display:grid;grid-template-columns:minmax(0,1fr) 11rem;gap:0 2rem;align-items:start}
.map:not(:has(.legend)){grid-template-columns:minmax(0,46rem)}
.map figcaption{grid-column:1/-1}
.plane svg{cursor:crosshair}
.dots{fill:none;stroke-linecap:round}
.dots path{opacity:.82;transition:opacity .15s}
.labels text{font:650 15px var(--sans);fill:var(--ink);paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round;pointer-events:none}
.alone [data-class]:not(.chosen){opacity:.06}
.alone .labels text:not(.chosen){opacity:0}
.legend p{font-size:.8rem;color:var(--muted);margin:.4rem 0 .5rem}
.legend ul{list-style:none;margin:0;padding:0;display:grid;gap:2px;max-height:34rem;overflow-y:auto}
.legend button{display:flex;align-items:center;width:100%;text-align:left;padding:.2rem .7rem;border-color:transparent;font-size:.9rem}
.legend button:hover{border-color:var(--line)}
.legend button[aria-pressed=true]{background:var(--surface);border-color:var(--faint)}
.legend .name{flex:1;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.legend .swatch{width:.75rem;height:.75rem}

.command{position:relative;margin:1.2rem 0 0}
pre{margin:0;padding:1rem 5.5rem 1rem 1.1rem;background:var(--surface);border:1px solid var(--line);border-radius:10px;font:.85rem/1.6 var(--mono);white-space:pre-wrap;overflow-wrap:anywhere}
.command button{position:absolute;top:.65rem;right:.7rem;font-size:.8rem;padding:.2rem .8rem;background:var(--page)}
footer{padding-top:3rem;padding-bottom:3rem;color:var(--muted);font-size:.85rem}
#tip{position:fixed;z-index:4;left:0;top:0;pointer-events:none;background:var(--surface);border:1px solid var(--line);border-radius:8px;box-shadow:0 4px 18px rgb(0 0 0 / .14);padding:.5rem .7rem;font-size:.82rem;line-height:1.45;white-space:pre-line;font-variant-numeric:tabular-nums;max-width:16rem}
#tip[hidden]{display:none}
#tip b{font-weight:600}
#tip .thumbnail{image-rendering:pixelated;border-radius:3px;margin-bottom:.35rem}
#tip svg{display:block;margin-bottom:.3rem;fill:none;stroke:var(--network);stroke-width:1.5;stroke-linejoin:round}

@media (max-width:46rem){
main,.bar>div,footer{padding-left:1.1rem;padding-right:1.1rem}
.chart.wide{display:none}.chart.narrow{display:block;max-width:30rem}
.tiles{grid-template-columns:1fr 1fr}
.tile{padding:.8rem .9rem}
.tile b{font-size:1.35rem}
.strip img{width:var(--narrow)}
.strip thead span{max-width:var(--narrow)}
.mosaic img{width:100%}
.mosaic{grid-template-columns:repeat(auto-fill,minmax(3.1rem,1fr))}
.narrow .labels text{font-size:13px}
.strip tbody th{padding-right:.6rem;font-size:.78rem}
.strip .what{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.pair{grid-template-columns:minmax(0,1fr);gap:1.4rem}
.map{grid-template-columns:minmax(0,1fr)}
.legend ul{grid-template-columns:repeat(auto-fill,minmax(6.4rem,1fr));max-height:none}
.profiles{grid-template-columns:minmax(0,1fr)}
.settings th{width:auto;max-width:9rem;padding-right:.8rem;overflow-wrap:anywhere}
.figures th,.figures td{padding-right:.9rem}
.figures .gain{display:none}
.dumbbell{width:6.5rem}
}
@media (prefers-reduced-motion:reduce){*{transition:none!important;scroll-behavior:auto!important}}
@media print{
:root,:root:not([data-theme=light]),:root[data-theme]{${variables(light, 'light')};--page:#fff}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font-size:11pt}
.bar,.skip,button[data-copy],.legend p,#tip,details{display:none!important}
section{padding-top:1.4rem}
figure,tr,.tile,.strips>*{break-inside:avoid}
h2,h3{break-after:avoid}
.scroll{overflow:visible}
.strip img{width:var(--narrow)}
.strip tbody th{position:static}
}
`;
