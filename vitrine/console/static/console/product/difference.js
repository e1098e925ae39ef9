/** What differs between two pictures of one view. */

const MOST_PX = 720;
/** Of 255; below it nobody sees a difference. */
const VISIBLE = 10;
const GREY = "#808080";

/** Draws into `canvas` how far two pictures are apart, the brighter the more; gives the part of the product that visibly is. */
export function drawDifference(canvas, left, right, amplify) {
  const scale = Math.min(1, MOST_PX / Math.max(left.width, left.height));
  const width = Math.max(1, Math.round(left.width * scale));
  const height = Math.max(1, Math.round(left.height * scale));
  const [one, other] = [left, right].map((picture) => pixels(picture, width, height));
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const drawn = context.createImageData(width, height);
  let seen = 0;
  let differing = 0;
  for (let at = 0; at < drawn.data.length; at += 4) {
    const apart = Math.max(
      Math.abs(one.shown[at] - other.shown[at]),
      Math.abs(one.shown[at + 1] - other.shown[at + 1]),
      Math.abs(one.shown[at + 2] - other.shown[at + 2]),
    );
    if (one.own[at + 3] > 127 || other.own[at + 3] > 127) {
      seen += 1;
      if (apart > VISIBLE) differing += 1;
    }
    const light = Math.min(255, apart * amplify);
    drawn.data[at] = drawn.data[at + 1] = drawn.data[at + 2] = light;
    drawn.data[at + 3] = 255;
  }
  context.putImageData(drawn, 0, 0);
  return seen > 0 ? differing / seen : 0;
}

/** The picture's pixels on nothing, which say where the product is, and on grey, which are compared. */
function pixels(picture, width, height) {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, width, height);
  const own = context.getImageData(0, 0, width, height).data;
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = GREY;
  context.fillRect(0, 0, width, height);
  return { own, shown: context.getImageData(0, 0, width, height).data };
}
