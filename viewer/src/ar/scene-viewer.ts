/** Android's Scene Viewer: an intent that opens Google's app with a file of our choosing. */

/** The hash Android comes back with when no Scene Viewer is installed. */
export const NO_SCENE_VIEWER = "#vitrine-no-ar";

export interface Showing {
  /** Absolute URL of the `android` file: core glTF with PNG or JPEG. */
  readonly file: string;
  readonly title: string;
  /** Where the shopper came from, offered as a link inside the app. */
  readonly page: string;
  readonly trueSize: boolean;
}

export function sceneViewerIntent({ file, title, page, trueSize }: Showing): string {
  const link = new URL(page);
  link.hash = "";
  const query = new URLSearchParams({
    file,
    mode: "ar_preferred",
    title,
    link: link.href,
    resizable: String(!trueSize),
  });
  // The app reads %20, not the + of forms.
  const asked = query.toString().replaceAll("+", "%20");
  const fallback = encodeURIComponent(link.href + NO_SCENE_VIEWER);
  return (
    `intent://arvr.google.com/scene-viewer/1.2?${asked}#Intent;scheme=https;` +
    "package=com.google.android.googlequicksearchbox;action=android.intent.action.VIEW;" +
    `S.browser_fallback_url=${fallback};end;`
  );
}

/** Calls `missing` once when Android sends the page back for want of the app, and tidies the address. */
export function watchForMissingApp(missing: () => void, signal: AbortSignal): void {
  const onHash = (): void => {
    if (location.hash !== NO_SCENE_VIEWER) return;
    history.back();
    missing();
  };
  addEventListener("hashchange", onHash, { signal });
}
