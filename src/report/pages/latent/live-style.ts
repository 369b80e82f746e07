/** The style of what moves in the latent report, added to the page's. */
export const liveStyle = `
@media (scripting:none){.live,.live-says{display:none!important}}
.live-bar{display:flex;flex-wrap:wrap;gap:.5rem 2rem;justify-content:space-between;align-items:center;margin-top:1.1rem}
.live-legend ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.2rem}
.live-legend button{display:flex;align-items:center;font-size:.85rem;padding:.15rem .65rem;border-color:transparent}
.live-legend button:hover{border-color:var(--line)}
.live-legend button[aria-pressed=true]{background:var(--surface);border-color:var(--faint)}
.live-legend small{margin-left:.4em}
.live-switches{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.85rem}
.live-switches label{display:flex;align-items:center;gap:.4em}
.live-switches input,.live input[type=range]{accent-color:var(--network)}
.live-keys{font-size:.8rem;color:var(--muted);margin:.5rem 0 0;max-width:none}
.live-maps{display:grid;gap:1.8rem 2rem;margin-top:1rem}
.live-maps.many{grid-template-columns:repeat(auto-fill,minmax(min(100%,27rem),1fr))}
.live-map{margin:0;min-width:0}
.live-top{display:flex;flex-wrap:wrap;gap:.3rem 1rem;align-items:baseline;justify-content:space-between;margin-bottom:.5rem}
.live-top h3{margin:0}
.one .live-top h3{display:none}
.live-methods{display:flex;gap:.2rem}
.live-methods button{font-size:.8rem;padding:.15rem .7rem;border-color:transparent;color:var(--muted)}
.live-methods button[aria-pressed=true]{background:var(--surface);border-color:var(--faint);color:var(--ink)}
.live-frame{position:relative;aspect-ratio:5/4;overflow:hidden;background:var(--surface);box-shadow:0 0 0 1px var(--line);border-radius:8px;cursor:crosshair;touch-action:pan-y;user-select:none;-webkit-user-select:none}
.live-frame:focus{touch-action:none}
.live-frame:focus-visible{outline-offset:2px;border-radius:8px}
.live-frame.picking{cursor:copy;box-shadow:0 0 0 2px var(--network)}
.live-frame>canvas,.live-frame>img,.live-frame>noscript>img,.live-own-line{position:absolute;inset:0;width:100%;height:100%;display:block}
.live-own-line{pointer-events:none;fill:none;stroke:var(--ink);stroke-width:1.5;stroke-dasharray:4 4;overflow:hidden}
.live-ring,.live-marker,.live-tip{position:absolute;left:0;top:0}
.live-ring{width:0;height:0;pointer-events:none}
.live-ring::after{content:"";position:absolute;left:-8px;top:-8px;width:16px;height:16px;border-radius:50%;border:2px solid var(--ink);box-shadow:0 0 0 1px var(--surface)}
.live-marker{width:0;height:0;cursor:grab;touch-action:none}
.live-marker:active{cursor:grabbing}
.live-marker::before{content:"";position:absolute;left:-20px;top:-20px;width:40px;height:40px;border-radius:50%}
.live-marker::after{content:"";position:absolute;left:-9px;top:-9px;width:18px;height:18px;border-radius:50%;border:3px solid var(--surface);background:var(--network);box-shadow:0 0 0 2px var(--network),0 1px 6px rgb(0 0 0/.4)}
.live-ring[hidden],.live-marker[hidden],.live-tip[hidden]{display:none}
.live-zoom{position:absolute;right:.5rem;top:.5rem;display:flex;flex-direction:column;gap:.25rem}
.live-zoom button{width:2.1rem;height:2.1rem;padding:0;background:var(--surface);border-radius:8px;line-height:1;font-size:1.05rem}
.live-zoom button[data-zoom=all]{font-size:.75rem}
.live-tip{z-index:2;pointer-events:none;background:var(--surface);border:1px solid var(--line);border-radius:8px;box-shadow:0 4px 18px rgb(0 0 0/.16);padding:.45rem .55rem;font-size:.8rem;line-height:1.35;max-width:15rem}
.live-tip>div:first-child{display:flex;gap:.4rem;margin-bottom:.3rem}
.live-tip b{display:block;font-weight:600}
.live-tip span{color:var(--muted);font-size:.75rem}
.live-example{width:6.6rem;flex:none}
.live-example[hidden]{display:none}
.live-example.picture canvas{display:block;width:100%;aspect-ratio:var(--ratio);image-rendering:pixelated;border-radius:4px;background:var(--line)}
.live-example.profile{aspect-ratio:150/96;background:var(--page);border-radius:4px;box-shadow:0 0 0 1px var(--line)}
.live-example.profile:not(.small){width:8rem}
.live-example.small{width:3.4rem}
.live-example.profile.small{width:5rem}
.live-tip .live-example{width:5rem}
.live-example.empty{opacity:.5}
.live-profile{display:block;width:100%;height:100%;fill:var(--network);stroke:none}
.live-profile polyline{fill:none;stroke:var(--network);stroke-width:1.5;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.live-profile polyline[data-line="1"]{stroke:var(--pca)}
.live-profile polyline[data-line="2"]{stroke:var(--floor)}
.live-profile polyline[data-line="3"]{stroke:var(--muted)}
.live-profile line{stroke:var(--faint);vector-effect:non-scaling-stroke}
.one .live-body{display:grid;grid-template:auto auto/minmax(0,1fr) 17.5rem;gap:0 1.4rem;align-items:start}
.one .live-panel{grid-area:1/2/3/3}
.live-maps.many{row-gap:0}
.many .live-map{position:relative;display:grid;grid-template-columns:minmax(0,1fr);grid-template-rows:subgrid;grid-row:span 5;margin-bottom:1.8rem}
.many .live-body{display:contents}
.live-panel{min-height:22rem}
.many .live-panel{padding-top:1rem}
.live-hint{font-size:.8rem;line-height:1.45;color:var(--muted);margin:.8rem 0 0;max-width:30rem}
.live-panel>.live-hint:first-child{margin:0}
.live-two{display:flex;gap:.9rem;flex-wrap:wrap}
.live-two figure{margin:0;width:6.6rem}
.live-two figure[hidden]{display:none}
.live-two figure:has(.profile){width:8rem}
.live-two figcaption{font-size:.78rem;line-height:1.3;margin-top:.3rem;min-height:2.6em}
.live-verdict{font:600 1.05rem/1.3 var(--serif);margin:0 0 .6rem;color:var(--floor);min-height:1.3em}
.live-verdict.gap{color:var(--gap)}
.live-meter{display:grid;grid-template-columns:1fr auto;gap:0 .6rem;font-size:.8rem;color:var(--muted);margin-top:.5rem;max-width:22rem;font-variant-numeric:tabular-nums}
.live-meter[hidden]{display:none}
.live-meter b{font-weight:400;color:var(--ink)}
.live-meter div{grid-column:1/-1;position:relative;height:.35rem;border-radius:3px;background:var(--line);margin-top:.2rem}
.live-meter i{position:absolute;inset:0 auto 0 0;background:var(--floor);border-radius:3px}
.live-meter.over i{background:var(--gap)}
.live-meter div::after{content:"";position:absolute;left:25%;top:-2px;bottom:-2px;border-left:2px solid var(--ink)}
.live-note{font-size:.8rem;color:var(--muted);margin:.6rem 0 0;line-height:1.4}
.live-actions{display:flex;flex-wrap:wrap;gap:.4rem;margin-top:.8rem}
.live-actions[hidden]{display:none}
.live-actions button,.live-own button,.live-units button{font-size:.82rem;padding:.25rem .8rem}
.live-says{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden;margin:0}
.live-own:not(:empty){margin-top:1rem;padding-top:.8rem;border-top:1px solid var(--line);font-size:.9rem}
.live-steps{display:flex;gap:.3rem;overflow-x:auto;padding-bottom:.4rem}
.live-steps .live-example{border-bottom:3px solid transparent;padding-bottom:3px}
.live-steps .gap{border-color:var(--gap)}
.live-line{display:flex;gap:.9rem;align-items:center;min-height:4.2rem;margin-top:.4rem;max-width:34rem}
.live-track{flex:1;min-width:0;position:relative;font-size:.8rem;color:var(--muted)}
.live-track input{width:100%;margin:0;display:block}
.live-track output{display:block;margin-top:.25rem;min-height:1.5em;font-variant-numeric:tabular-nums}
.live-gaps{position:relative;height:.35rem;margin:0 8px .3rem;background:var(--line);border-radius:2px}
.live-gaps i{position:absolute;top:0;bottom:0;background:var(--gap)}
.live-units{display:grid;grid-template-columns:8.6rem minmax(0,1fr);gap:1.4rem;min-height:15rem;margin-top:1rem;align-items:start}
.live-units button{margin-top:.6rem}
.live-sliders{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:.25rem 1.6rem}
.live-sliders label{display:grid;grid-template-columns:3.8rem 1fr 3.6rem;gap:.5rem;align-items:center;font-size:.82rem}
.live-sliders label[hidden]{display:none}
.live-sliders input{width:100%;min-width:0}
.live-sliders output{text-align:right;font-variant-numeric:tabular-nums;color:var(--muted)}
.live-caption p{margin:.5rem 0 0;font-size:.82rem;line-height:1.45;color:var(--muted)}
@media (max-width:60rem){.one .live-body{display:block}.one .live-panel{padding-top:1rem}}
@media (max-width:46rem){
.live-units{grid-template-columns:minmax(0,1fr);min-height:calc(14.5rem + var(--rows)*1.9rem);align-content:start}
.live-keys{display:none}
}
@media print{
.live-zoom,.live-switches,.live-keys,.live-hint,.live-actions,.live-line,.live-units,.live-methods,.live-tip,.live-own button{display:none!important}
.live-panel{min-height:0}
.live-map{break-inside:avoid}
}
`;
