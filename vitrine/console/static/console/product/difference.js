/** What differs between two pictures of one view. */

const MOST_PX = 720;
/** Of 255; below it nobody sees a difference. */
const VISIBLE = 10;
const GREY = "#808080";

/** Draws into `canvas` how far the two are apart, the brighter the more; gives the part of the product that visibly is. */
export async function drawDifference(canvas, left, right, amplify) {
  const { clientWidth, clientHeight } = left;
  const scale = Math.min(1, MOST_PX / Math.max(clientWidth, clientHeight));
  const width = Math.max(1, Math.round(clientWidth * scale));
  const height = Math.max(1, Math.round(clientHeight * scale));
  const [one, other] = await Promise.all([left, right].map((view) => pixels(view, width, height)));
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

/** The view's pixels on nothing, which say where the product is, and on grey, which are compared. */
async function pixels(view, width, height) {
  const image = new Image();
  image.src = view.toDataURL("image/png");
  await image.decode();
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0, width, height);
  const own = context.getImageData(0, 0, width, height).data;
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = GREY;
  context.fillRect(0, 0, width, height);
  return { own, shown: context.getImageData(0, 0, width, height).data };
}
