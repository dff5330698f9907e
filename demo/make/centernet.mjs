// CenterNet (80 COCO classes): boxes and a heatmap as `centernet`, scores of the whole picture as `centernet_scores`.
import { detected, detector, load, scored, scorer } from '../../scripts/pipelines/human/centernet.mjs';
import { pictures, upright, write } from './common.mjs';

const look = await load();
await look(await upright(pictures()[0])); // the first run pays for setting up
for (const picture of pictures()) {
  const image = await upright(picture);
  const said = await look(image);
  const { annotations, files } = await detected(said, image);
  write(picture, detector, annotations, said.seconds, files);
  write(picture, scorer, scored(said), said.seconds);
}
