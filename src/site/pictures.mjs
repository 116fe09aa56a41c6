// Draws processes/*.bpmn as pictures for README and the pages: bpmn-js in Debian's Chromium.
// Each picture names its model's SHA-256; PicturesTest compares.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const models = join(root, 'processes');
const pictures = join(root, 'src', 'site', 'resources', 'images');
const library = createRequire(import.meta.url).resolve(
  'bpmn-js/dist/bpmn-viewer.production.min.js'
);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu']
});
try {
  const page = await browser.newPage();
  await page.setContent('<div id="canvas" style="width: 1000px; height: 800px"></div>');
  await page.addScriptTag({ path: library });

  const names = readdirSync(models)
    .filter(file => file.endsWith('.bpmn'))
    .map(file => file.slice(0, -'.bpmn'.length))
    .sort();
  for (const file of readdirSync(pictures).filter(file => file.endsWith('.svg'))) {
    if (!names.includes(file.slice(0, -'.svg'.length))) {
      rmSync(join(pictures, file));
    }
  }
  for (const name of names) {
    const model = readFileSync(join(models, `${name}.bpmn`));
    const drawn = await page.evaluate(draw, model.toString('utf8'));
    const hash = createHash('sha256').update(model).digest('hex');
    writeFileSync(
      join(pictures, `${name}.svg`),
      `<?xml version="1.0" encoding="utf-8"?>\n<!-- ${name}.bpmn sha256:${hash}, drawn with bpmn-js / http://bpmn.io -->\n${drawn}\n`
    );
    console.log(`${name}.svg`);
  }
} finally {
  await browser.close();
}

/* global BpmnJS */
async function draw(xml) {
  const viewer = new BpmnJS({ container: '#canvas' });
  const { warnings } = await viewer.importXML(xml);
  if (warnings.length) {
    throw new Error(warnings.map(warning => warning.message).join('\n'));
  }
  const { svg } = await viewer.saveSVG();
  viewer.destroy();

  const tree = new DOMParser().parseFromString(svg, 'image/svg+xml');
  // what only a mouse needs
  tree.querySelectorAll('.djs-hit, .djs-outline').forEach(element => element.remove());

  // pages have dark backgrounds, too
  const picture = tree.documentElement;
  const [x, y, width, height] = picture.getAttribute('viewBox').split(' ');
  const paper = tree.createElementNS('http://www.w3.org/2000/svg', 'rect');
  Object.entries({ x, y, width, height, fill: 'white' }).forEach(([name, value]) =>
    paper.setAttribute(name, value)
  );
  picture.insertBefore(paper, picture.firstChild);

  // random names of arrow heads: the same model gives the same picture
  let text = new XMLSerializer().serializeToString(picture);
  [...tree.querySelectorAll('marker[id]')].forEach((marker, number) => {
    text = text.replaceAll(marker.id, `marker-${number}`);
  });
  return text.replaceAll('><', '>\n<').trim();
}
