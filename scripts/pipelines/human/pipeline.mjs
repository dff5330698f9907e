// CenterNet over the pictures of a VISTA project: boxes, and the heatmap of the most prominent class.
import { run } from '../../vista_pipeline.mjs';
import { detected, detector, load } from './centernet.mjs';
import { upright } from './network.mjs';

const look = await load();

await run({
  ...detector,
  async find(bytes) {
    const image = await upright(bytes);
    return detected(await look(image), image);
  },
});
