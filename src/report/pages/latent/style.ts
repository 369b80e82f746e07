/** What the page of latent spaces adds to the style sheet of every page. */
export const latentStyle = `
.unseen{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden;white-space:nowrap}
.scroll{position:relative}
.eyebrow{overflow-wrap:anywhere}
.flag{display:inline-block;font:600 .72rem/1.5 var(--sans);letter-spacing:.03em;padding:0 .55em;border-radius:999px;border:1px solid currentColor;color:var(--gap);vertical-align:.12em}
.flag.before{color:var(--muted)}
.flag.after{color:var(--network)}
.flag.data{color:var(--floor)}
.standing{white-space:nowrap}
.standing.better{color:var(--floor)}
.standing.worse{color:var(--gap)}
.standing.same{color:var(--muted)}
.swatch.diamond{border-radius:0;transform:rotate(45deg) scale(.85)}

.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18.5rem),1fr));gap:1.1rem;margin-top:1.4rem}
.card{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:1.1rem 1.2rem 1.2rem;display:flex;flex-direction:column}
.cards.three>.card{display:grid;grid-row:span 7;grid-template-rows:subgrid;row-gap:0}
.cards.three{row-gap:0}
.cards.three>.card{margin-bottom:1.1rem}
.card h3{margin:0}
.card h4{margin:1.1rem 0 0}
.card p{margin:.5rem 0 0}
.card .asks{color:var(--muted);font-size:.9rem;margin-top:.15rem}
.card .stands{line-height:1.4}
.card .number{display:flex;align-items:center;gap:.9rem;margin-top:.9rem;line-height:1.3;font-size:.9rem}
.card .number b{font:600 2.1rem/1.1 var(--serif);font-variant-numeric:lining-nums;letter-spacing:-.01em;white-space:nowrap}
.card .dots{margin:.6rem 0 .2rem;stroke:none}
.card .mend{margin-top:auto;padding-top:.9rem;font-size:.92rem}
.card .mend span{color:var(--muted)}
details .cards{margin-top:.6rem}

svg.intervals{overflow:visible}
svg.intervals+svg.intervals{margin-top:1.2rem}
svg.intervals text{fill:var(--muted)}
svg.intervals .title,svg.intervals .row,svg.intervals .leading{fill:var(--ink)}
svg.intervals .title,svg.intervals .leading{font-weight:650}
svg.intervals .way{font-weight:400;fill:var(--muted)}
svg.intervals .group{font-weight:600;font-size:12px}
svg.intervals .unit,svg.intervals .tick{font-size:11px}
svg.intervals .tick{text-anchor:middle}
svg.intervals .said{text-anchor:end}
svg.intervals circle,svg.intervals path{stroke-width:2}
.interval{stroke-width:2}
.guides line{stroke:var(--line)}
svg.intervals .grid line{stroke:var(--line)}
svg.intervals .reference{stroke:var(--floor);stroke-width:1.5;stroke-dasharray:4 3}
.key.marks{align-items:center;margin-top:1.4rem}
.key.marks>span{display:inline-flex;align-items:center;gap:.45rem}
.key.marks svg{height:14px;width:auto;flex:none}
.key.marks b{color:var(--ink)}

.least{max-width:44rem;margin:1rem 0 0;padding-left:1.2rem}
.least li{margin:.35rem 0}
.figures .band th{padding-top:1.1rem;font-weight:600;color:var(--muted);font-size:.85rem}
.figures tbody:first-of-type .band th{padding-top:.6rem}
.figures small{white-space:nowrap}
.weaknesses{min-width:46rem;width:100%}
.weaknesses td,.weaknesses thead th:not(:first-child),.best td,.best thead th:not(:first-child){text-align:left}
.weaknesses thead b{font:600 1.05rem var(--serif);color:var(--ink)}
.weaknesses td b{font-size:1.05rem;font-weight:600}
.weaknesses td{line-height:1.45;font-size:.85rem}
.weaknesses .yardstick,.every .yardstick{color:var(--muted)}
.best td{line-height:1.4}
.best td small{white-space:normal}
.every td{line-height:1.3;white-space:nowrap}
.every thead th[scope=colgroup]{font-weight:600;text-align:left;border-bottom:0;padding-bottom:0}
.every tbody th[scope=row],.weaknesses tbody th[scope=row],.best tbody th[scope=row]{position:sticky;left:0;background:var(--page);z-index:1}
.definitions{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.1rem 2.4rem;margin:1.4rem 0 0}
.definitions dt{font-weight:600}
.definitions dd{margin:.1rem 0 0;color:var(--muted);font-size:.93rem;text-wrap:pretty}

svg.tray{display:block;width:100%;height:auto;border-radius:4px;overflow:hidden}
.pixels{image-rendering:pixelated}
.between{fill:none;stroke:var(--page);stroke-width:2}
.tray .box{fill:var(--surface);stroke:var(--line)}
.tray .zero{stroke:var(--line)}
.tray .curve,.tray .stems{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
.tray .stems{stroke-width:3}
.gap rect{fill:var(--gap)}
.changes rect{fill:var(--muted);fill-opacity:.7}
.changes rect.most{fill:var(--ink);fill-opacity:1}
.changes line{stroke:var(--muted);stroke-width:1.2;stroke-dasharray:4 3}
.tint{fill:var(--gap);fill-opacity:.16}
.hatch{stroke:var(--gap);stroke-width:2.4}

.pairings.beside{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,27rem),1fr));gap:0 2rem}
.pairing h3{display:flex;align-items:center;gap:.8rem;margin-top:2rem;font:600 1rem var(--sans)}
.pairing h3 svg,.kin h3 svg{width:2.6rem;flex:none}
.walks+.walks{margin-top:.9rem;padding-top:.5rem;border-top:1px dashed var(--line)}
.walks{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,27rem),1fr));gap:1.1rem 2rem}
.walk{margin:.5rem 0 0}
.walk figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;margin:0 0 .35rem}
.walk b{color:var(--ink);font-weight:600}
.facts{font-variant-numeric:tabular-nums}
.units{width:100%;table-layout:fixed}
.units th{width:7.4rem;padding:.25rem .9rem .25rem 0;vertical-align:middle;font-size:.88rem;line-height:1.35}
.units td{padding:.25rem 0;vertical-align:top}
.units th small{display:block;white-space:normal;line-height:1.3}
.unit{display:flex;justify-content:space-between;align-items:baseline;gap:.3rem}
.units .unit small{display:inline}
.effect{display:block;height:3px;margin:.2rem 0 .1rem;background:var(--line);border-radius:2px}
.effect i{display:block;height:100%;background:var(--muted);border-radius:2px}
.traversals.beside,.kins,.manifolds.beside{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,27rem),1fr));gap:.6rem 2.4rem}
.traversals:not(.beside){margin-top:1.2rem;max-width:52rem}
.traversals:not(.beside) .units th{width:9rem}
.kin .units th{width:9.6rem}
.kin h3{display:flex;align-items:center;gap:.8rem;font:600 1rem var(--sans)}
.tags{list-style:none;margin:.1rem 0 0;padding:0;display:grid;grid-template-columns:repeat(var(--n),minmax(0,1fr));font-size:.75rem;color:var(--muted);text-align:center}
.tags li{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.tags .other{color:var(--ink);font-weight:650;text-decoration:underline;text-decoration-color:var(--gap);text-decoration-thickness:2px;text-underline-offset:3px}
.manifolds:not(.beside) figure{max-width:46rem}
.manifolds figcaption b{color:var(--ink)}
.decoded{background:var(--surface)}
.decoded .tint{fill:#ff8a4c;fill-opacity:.2}
.decoded .hatch{stroke:#ff9b62}
.trust td:nth-child(2),.trust thead th:nth-child(2){text-align:left}
.trust td{line-height:1.35}
.drawn{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1rem 2rem;margin-top:.6rem}
.drawn figure{margin:.4rem 0 0;display:grid;grid-row:span 2;grid-template-rows:subgrid;row-gap:0;align-items:end}
.drawn h4{margin:.4rem 0 .6rem;font-weight:600}
.drawn svg.tray{max-width:none!important}

@media (max-width:46rem){
.kin .units th{width:5.6rem}
.units th,.traversals:not(.beside) .units th{width:5.6rem;padding-right:.6rem;font-size:.8rem}
.every tbody th[scope=row],.best tbody th[scope=row],.weaknesses tbody th[scope=row]{max-width:8.5rem;white-space:normal;padding-right:.7rem}
.best{min-width:30rem}
.figures .swatch{margin-right:.35em}
.key.marks{gap:.35rem 1.3rem}
}
@media print{
.tall{max-height:none}
.walks,.traversals.beside,.kins,.cards{grid-template-columns:1fr 1fr}
}
`;
