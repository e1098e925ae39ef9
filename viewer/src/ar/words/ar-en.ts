const ENGLISH = {
  seekFloor: "Move your phone slowly over the floor",
  seekWall: "Move your phone slowly along the wall",
  adjust: "Drag to move it, two fingers to turn it",
  adjustSize: "Drag to move it, two fingers to turn or resize it",
  noSurface: "Nothing found yet. More light helps, and a surface that is not plain.",
  lost: "Lost sight of the room. Hold still, then move the phone slowly.",
  close: "Close AR",
  interrupted: "AR was interrupted.",
  goOn: "Go on",
  refused:
    "AR did not get the camera. Allow it for this page in the browser's settings, then load the page again.",
  refusedNext: "AR did not get the camera. Tap again: Google's app shows it too.",
  reload: "Load again",
  title: "See it in your room",
  scan: "Point your phone's camera at this code. The page opens there, with AR one tap away.",
  code: "QR code with this page's address",
  local:
    "This address works on this computer only. Open the page under an address that your phone can reach.",
  copy: "Copy the link",
  copied: "Copied",
  dismiss: "Close",
  later: "Not now",
  loading: "Loading the 3D model …",
  sorry: "It cannot be shown in your room here",
  inApp: "This app's browser has no AR. Open the page in your phone's own browser.",
  noFile: "There is no AR file of this product for this phone yet.",
  insecure: "AR needs a secure connection (https).",
  framed: "The page around this one does not allow AR. Open the product's own page.",
  unsupported: "This browser or this device has no AR.",
};

export type ArWords = Readonly<typeof ENGLISH>;

export const words: ArWords = ENGLISH;
