/** The page's style: system fonts, light and dark by the reader's choice, one column down to phone width. */
export const style = `
:root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#16191d;--soft:#555c66;--line:#dcdfe3;--bad:#b3261e;
--bad-bg:#fdeceb;--ok:#1b6e3c;--link:#0b57b0;--focus:#0b57b0;--chart-band:#1b6e3c2e;--chart-1:#0b57b0;--chart-mark:#b3261e;
--chart-line:var(--soft);--chart-hit:var(--bad-bg);--chart-paper:var(--card)}
@media (prefers-color-scheme:dark){:root{--bg:#0f1216;--card:#171b21;--ink:#e8eaed;--soft:#a5adb8;--line:#2c333c;
--bad:#ff8a80;--bad-bg:#331a1a;--ok:#79d49b;--link:#8ab8ff;--focus:#8ab8ff;--chart-band:#79d49b33;--chart-1:#8ab8ff;--chart-mark:#ff8a80}}
*{box-sizing:border-box}
html{scrollbar-gutter:stable;overflow-anchor:none}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
"Liberation Sans",sans-serif;overflow-wrap:anywhere}
main,header,footer{max-width:60rem;margin:0 auto;padding:0 1.25rem}
header{display:flex;gap:1rem;align-items:baseline;padding-top:1rem;color:var(--soft);font-size:.9rem}
header a{white-space:nowrap;color:var(--ink);font-weight:650;text-decoration:none}
header #live{margin-left:auto;min-width:20ch;text-align:right;font-variant-numeric:tabular-nums}
footer{padding-top:2.5rem;padding-bottom:2rem;color:var(--soft);font-size:.875rem}
h1{font-size:1.75rem;line-height:1.25;letter-spacing:-.012em;margin:1.5rem 0 .4rem;text-wrap:balance}
h2{font-size:1.125rem;margin:2.25rem 0 .6rem}
h3{font-size:1rem;margin:0 0 .25rem}
p{margin:.35rem 0}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem 1rem;z-index:1}
.soft{color:var(--soft)}
.lead{display:flex;flex-wrap:wrap;gap:.3rem .7rem;align-items:center}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.15rem}
.suspect{border-left:5px solid var(--bad)}
.suspect .who{font-size:1.25rem;font-weight:650;margin:0}
.state{display:inline-block;font-size:.8125rem;font-weight:650;padding:.1rem .6rem;border-radius:99px;
border:1px solid currentColor;white-space:nowrap}
.open{color:var(--bad);background:var(--bad-bg)}
.ended,.up{color:var(--ok)}
.down{color:var(--bad)}
.change{color:var(--link)}
ul,ol{margin:.3rem 0;padding-left:1.2rem}
li{margin:.2rem 0}
.plain{list-style:none;padding:0}
.figures{display:flex;flex-wrap:wrap;gap:.25rem 2.25rem;margin:.25rem 0;padding:0}
.figures div{display:flex;flex-direction:column-reverse}
.figures dt{color:var(--soft);font-size:.875rem}
.figures dd{margin:0;font-size:1.6rem;font-weight:650;font-variant-numeric:tabular-nums}
.time{margin:0}
.time div{display:grid;grid-template-columns:auto 1fr;gap:0 1.1rem;padding:.18rem 0}
.time dt{color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap}
.time dd{margin:0}
.rows>li{border-top:1px solid var(--line);padding:.6rem 0;margin:0}
.rows>li:first-child{border-top:0}
.log{margin:.4rem 0 0;padding:.4rem .6rem;border:1px solid var(--line);border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85em}
.log+h3{margin-top:1rem}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));gap:0 1rem}
.list a{display:block;color:inherit;text-decoration:none;background:var(--card);border:1px solid var(--line);
border-radius:10px;padding:.85rem 1.1rem;margin:.6rem 0}
.list a:hover{border-color:var(--link)}
.list strong{display:block;font-size:1.0625rem;margin-bottom:.2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.4rem 1rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-size:.875rem;color:var(--soft);font-weight:600}
thead th{overflow-wrap:normal;vertical-align:bottom}
tbody th{color:var(--ink);font-size:1rem;min-width:11rem;overflow-wrap:break-word}
tbody th .soft{font-weight:400;font-size:.875rem}
td.n,th.n{text-align:right}
td.zero{color:var(--soft)}
figure{margin:0}
figcaption{font-size:.9rem}
.panel{border-top:1px solid var(--line);margin-top:.75rem;padding-top:.75rem}
svg a:focus-visible{outline:none}
svg a:focus-visible path{stroke:var(--focus);stroke-width:4}
.time :target{background:var(--bad-bg);border-radius:4px}
.go{border:1px solid currentColor;border-radius:6px;padding:.4rem .8rem;text-decoration:none}
[data-part]{display:flow-root}
.say label{display:block;margin:.4rem 0;color:var(--soft);font-size:.875rem}
.say input,.say select{display:block;width:100%;font:inherit;font-size:1rem;color:var(--ink);background:var(--card);
border:1px solid var(--soft);border-radius:6px;padding:.4rem .6rem}
.filter{display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:.2rem 1rem;align-items:end}
.acts{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
.acts button{font:inherit;color:var(--link);background:var(--card);border:1px solid currentColor;border-radius:6px;
padding:.4rem .8rem;cursor:pointer}
summary{cursor:pointer;padding:.35rem 0}
details>ul,details>ol{margin-left:1.1rem}
.list .state{margin-right:.35rem}
#news{position:fixed;bottom:1rem;left:50%;transform:translateX(-50%);background:var(--card);border:1px solid var(--link);
border-radius:10px;padding:.5rem 1rem;box-shadow:0 2px 12px #0004;white-space:nowrap;z-index:1}
#news button{font:inherit;color:var(--link);background:none;border:0;padding:.25rem;text-decoration:underline;cursor:pointer}
#ghost{position:absolute;left:-9999px;top:0;visibility:hidden}
figure svg{display:block;margin:0 auto;max-width:100%;height:auto}
.narrow,.middle{display:none}
kbd{font:.8125rem ui-monospace,monospace;border:1px solid var(--line);border-radius:4px;padding:0 .35rem;
background:var(--card)}
dialog{border:1px solid var(--line);border-radius:10px;background:var(--card);color:var(--ink);max-width:24rem}
@media (max-width:60rem){.broad{display:none}.middle{display:block}}
@media (max-width:36rem){h1{font-size:1.4rem}.state{white-space:normal}header .hint{display:none}main,header,footer{padding-left:1rem;padding-right:1rem}
.broad,.middle{display:none}.narrow{display:block}
.time div{grid-template-columns:1fr}.time dd{margin-bottom:.35rem}}
@media (max-width:36rem){thead{position:absolute;left:-999rem}tr{display:block;border-bottom:1px solid var(--line);padding:.5rem 0}
tbody th,td,td.n{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0}tbody th{display:block}
td::before{content:attr(data-label);color:var(--soft)}td.zero{display:none}}
@media (pointer:coarse){header .hint{display:none}}
@media print{header,footer,.skip,#news{display:none}}
`;
