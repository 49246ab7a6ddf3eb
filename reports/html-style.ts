/** The style of the page: light, dark and print; pictures take their colours from it. */
export const style = `
:root{color-scheme:light dark;--ink:#1a1d21;--quiet:#5b6470;--paper:#fff;--line:#d9dde3;--soft:#f4f6f8;--link:#1d5fa8;--bad:#b42318;
--chart-text:var(--ink);--chart-quiet:var(--quiet);--chart-grid:#e3e6ea;--chart-measured:#1d5fa8;--chart-forecast:#5b2ba8;--chart-inner:#5b2ba847;--chart-outer:#5b2ba81f;--chart-limit:#b42318;--chart-full:#b42318;--chart-paper:var(--paper)}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8eb;--quiet:#9aa4b0;--paper:#15181c;--line:#343a42;--soft:#1e2227;--link:#7db4f0;--bad:#ff8a7a;
--chart-grid:#2c3138;--chart-measured:#7db4f0;--chart-forecast:#c4a5ff;--chart-inner:#c4a5ff4d;--chart-outer:#c4a5ff24;--chart-limit:#ff8a7a;--chart-full:#ff8a7a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0 .25rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:2px solid var(--line)}
h3{font-size:1.02rem;margin:0 0 .25rem}
h1,h2,h3,p,td,th,dd{overflow-wrap:anywhere}
p{margin:.5rem 0;max-width:62rem}
.subtitle,.note{color:var(--quiet)}
.note{font-size:.9rem}
.lead{font-size:1.15rem;font-weight:600;margin:1rem 0}
.strong{font-weight:600}
a{color:var(--link)}
.scroll{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;width:100%;table-layout:fixed;font-size:.92rem}
caption{text-align:left;font-weight:600;padding:.25rem 0 .5rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line)}
thead th{border-bottom:2px solid var(--quiet);font-size:.82rem;color:var(--quiet);font-weight:600}
tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums}
td b{color:var(--bad)}
section{border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0;break-inside:avoid}
figure{margin:.75rem 0}
svg{display:block;max-width:100%;height:auto}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.5rem 0 0;font-size:.92rem}
dt{color:var(--quiet)}
dd{margin:0}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:1.25rem 0;font-size:.92rem}
@media (max-width:40rem){main{padding:1rem .85rem 3rem}.stack thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}.stack,.stack caption,.stack tbody,.stack tr,.stack td,.stack th{display:block;width:100%}.stack tr{border-bottom:1px solid var(--line);padding:.6rem 0}.stack td,.stack tbody th{border:0;padding:.1rem 0;text-align:left;white-space:normal}.stack td::before{content:attr(data-title) ": ";color:var(--quiet)}figure{overflow-x:auto}svg{max-width:none;width:26rem}dl{grid-template-columns:1fr}dd{margin-bottom:.35rem}section{padding:.75rem}}
@media print{:root{color-scheme:light;--ink:#000;--quiet:#444;--paper:#fff;--line:#bbb;--soft:#fff;--link:#000;--bad:#000;--chart-grid:#ddd;--chart-measured:#000;--chart-forecast:#444;--chart-inner:#9996;--chart-outer:#bbb5;--chart-limit:#000;--chart-full:#000}body{font-size:10pt}main{max-width:none;padding:0}a{text-decoration:none}tr,h2,h3{break-inside:avoid;break-after:auto}h2,h3{break-after:avoid}section{border-color:#bbb}nav{display:none}}
`;
