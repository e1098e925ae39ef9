/**
 * A phone that can do WebXR, in a room that tests change: `room.floor`, `room.tracked`, `room.camera`, `room.whole`
 * (false: a browser that lacks a part of WebXR). Runs after iwer and before the page's own scripts. iwer emulates the
 * session; what it lacks of a phone is added here.
 */
{
  window.room = { floor: true, tracked: true, camera: true, whole: true, session: null, asked: [] };
  const phone = new IWER.XRDevice(
    {
      ...IWER.metaQuest3,
      name: "Pixel",
      interactionMode: "screen-space",
      supportedFeatures: [...IWER.metaQuest3.supportedFeatures, "dom-overlay"],
      userAgent: navigator.userAgent,
    },
    { stereoEnabled: false },
  );
  phone.position.set(0, 1.6, 0);
  phone.installRuntime({ forceInstall: true });

  /** A floor at 0 and a wall 6 m ahead, as iwer asks its "synthetic environment" for them. */
  phone.installSEM(
    class {
      trackedPlanes = new Set();
      trackedMeshes = new Set();
      environmentCanvas = picture();
      render() {}
      computeHitTestResults(ray) {
        const [x, y, z] = [ray[12], ray[13], ray[14]];
        const ahead = [-ray[8], -ray[9], -ray[10]];
        const toWall = (-6 - z) / ahead[2];
        const toFloor = ahead[1] < 0 ? -y / ahead[1] : Number.POSITIVE_INFINITY;
        if (!room.floor) return [];
        const far = Math.min(toWall, toFloor);
        const at = [x + ahead[0] * far, y + ahead[1] * far, z + ahead[2] * far, 1];
        const turned = toFloor < toWall ? [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] : [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0];
        return [new Float32Array([...turned, ...at])];
      }
    },
  );

  function picture() {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 40, height: 80 });
    canvas.style.cssText = "position:fixed;inset:0;width:100%;height:100%";
    const paint = canvas.getContext("2d");
    paint.fillStyle = "#cfc8bd";
    paint.fillRect(0, 0, 40, 44);
    paint.fillStyle = "#8d7964";
    paint.fillRect(0, 44, 40, 36);
    return canvas;
  }

  XRSession.prototype.requestHitTestSourceForTransientInput = async () => ({ cancel() {} });
  XRFrame.prototype.getHitTestResultsForTransientInput = () => [];
  const pose = XRFrame.prototype.getViewerPose;
  XRFrame.prototype.getViewerPose = function (space) {
    return room.tracked ? pose.call(this, space) : null;
  };

  const ask = navigator.xr.requestSession;
  navigator.xr.requestSession = async (mode, wishes) => {
    room.asked.push([mode, navigator.userActivation.isActive]);
    if (!room.camera) throw new DOMException("denied", "NotAllowedError");
    if (!room.whole) delete window.XRRay;
    room.session = await ask.call(navigator.xr, mode, wishes);
    overlay(wishes.domOverlay?.root, room.session);
    return room.session;
  };

  /** Chrome lays the overlay's root over the camera, filling the screen. */
  function overlay(root, session) {
    if (!root) return;
    const before = root.style.cssText;
    root.popover = "manual";
    root.style.cssText = "position:fixed;inset:0;width:100%;height:100%;border:0;padding:0;background:none";
    root.showPopover();
    session.addEventListener("end", () => {
      root.hidePopover();
      root.popover = null;
      root.style.cssText = before;
    });
  }
}
