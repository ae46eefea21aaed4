// Bars, for light pages and dark ones.

import { labelOf } from '../contenders.mjs';
import { headlines, standings } from './headlines.mjs';
import { Samples } from './samples.mjs';
import { number } from './table.mjs';

const width = 760;
const labelWidth = 250;
const valueWidth = 110;
const barHeight = 16;
const titleHeight = 34;

/** A bar that is so many times as long as that of ours is cut, for the others to be seen. */
const longest = 5;

const style = `text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.bar { fill: #9aa4ae }
.ours { fill: #1a7f37 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.bar { fill: #59636e }
.ours { fill: #3fb950 }
}`;

/** @returns {string} SVG */
export function plotOf(/** @type {import('./record.mjs').Record} */ record) {
  const samples = Samples.from(record);
  let top = 0;
  const charts = headlines.map((headline) => {
    const { svg, height } = chart(headline, standings(samples, headline), top);
    top += height;
    return svg;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}">
<style>${style}</style>
${charts.filter(Boolean).join('\n')}
</svg>
`;
}

/** @param {typeof headlines[number]} headline @param {import('./headlines.mjs').Standing[]} standings @param {number} top */
function chart({ title, unit }, standings, top) {
  if (standings.length === 0) return { svg: '', height: 0 };
  const ours = standings.find(({ contender }) => contender.name === 'wheatear')?.median ?? Number.POSITIVE_INFINITY;
  const end = Math.min(Math.max(...standings.map(({ median }) => median)), longest * ours);
  const scale = (width - labelWidth - valueWidth) / end;
  const bars = standings.map(({ contender, median }, index) => {
    const y = top + titleHeight + index * barHeight;
    const length = (Math.min(median, end) * scale).toFixed(1);
    const kind = contender.from ? 'bar' : 'bar ours';
    const text = `${number(median)} ${unit}${median > end ? ', cut' : ''}`;
    return `<text x="${labelWidth - 8}" y="${y + 12}" text-anchor="end">${labelOf(contender.name)}</text>
<rect class="${kind}" x="${labelWidth}" y="${y + 2}" width="${length}" height="${barHeight - 4}"/>
<text x="${labelWidth + Number(length) + 6}" y="${y + 12}">${text}</text>`;
  });
  const heading = `<text class="title" x="0" y="${top + 22}">${title}</text>`;
  return { svg: [heading, ...bars].join('\n'), height: titleHeight + standings.length * barHeight };
}
