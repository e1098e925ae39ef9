/**
 * The first stage: all that a page pays for before a product is seen. It shows the poster, waits until the element is
 * near, asks for the product, and calls the second stage. Kept under 3 kB (brotli) by a test.
 */

import type { Details, ErrorDetail, Host, Stage } from "./host.ts";
import css from "./placeholder.css";
import { fetchProduct, type Models, modelsOf, type Product } from "./product.ts";
import type { Told, Watched } from "./telemetry.ts";
import type { Words } from "./words.ts";

const POSTER_PATIENCE_MS = 3_000;
const BASE = import.meta.url;

/**
 * A product's picture at once, its 3D model when seen, AR where it works. It is light or dark as the page's
 * `color-scheme` is, and speaks the language of the nearest `lang`.
 *
 * @tag vitrine-viewer
 *
 * @attr {string} product - The product's id.
 * @attr {string} version - The number of a version, published or not, to show in the place of the published one: on the service's own pages, for who is logged in there.
 * @attr {string} poster - Address of the picture; without it the product's own. `<img slot="poster">` inside goes before both.
 * @attr {"visible" | "interaction" | "eager"} loading - `visible` (default) loads 3D when the element is on the screen, `interaction` waits for a tap, `eager` does not wait. A browser that asks to save data makes `visible` wait for a tap.
 * @attr {"now" | "idle" | "interaction"} full - When the full model follows the small one. Without it `now`, but `interaction` on a slow network (3g and less) or where data is saved.
 * @attr {string} controls - Which controls to offer, of `rotate zoom reset fullscreen share dimensions variants animations hotspots`; without it all, `none` for none.
 * @attr {"cm" | "in"} units - What dimensions are told in. Without it inches where people measure in those, else centimetres.
 * @attr {string} words - Words in the place of ours, as a JSON object; the names are in `src/words/en.ts`.
 * @attr {"off"} telemetry - Tells the service nothing; `src/telemetry.ts` says what it is told else.
 * @attr {string} server - Address of the service; without it, the one that the script came from.
 * @attr {"poster" | "loading" | "preview" | "full" | "failed"} stage - Written: how far it is; see `Stage`.
 * @attr {"webxr" | "scene-viewer" | "quick-look" | "unavailable"} ar-status - Written: how AR works here.
 * @attr {ArReason} ar-reason - Written where AR is unavailable: why; see `ArReason`.
 *
 * @fires {CustomEvent<StageDetail>} vitrine-stage - It came to the next stage.
 * @fires {CustomEvent<ErrorDetail>} vitrine-error - Something went wrong; what is on the screen stays.
 * @fires {CustomEvent<ArDetail>} vitrine-ar - Something happened on the way into AR, in it, or back.
 * @fires {CustomEvent<ArActionDetail>} vitrine-ar-action - The button of Quick Look's banner was tapped.
 * @fires {CustomEvent<InteractionDetail>} vitrine-interaction - The shopper used a control, or moved the model by hand.
 *
 * @slot poster - The picture, as an `<img>`: shown without scripts too.
 *
 * @cssprop --vitrine-ratio - The frame's shape, width by height (1 / 1).
 * @cssprop --vitrine-radius - Its corners (16px).
 * @cssprop --vitrine-background - Behind the product.
 * @cssprop --vitrine-surface - Under buttons and words; may let the product shine through.
 * @cssprop --vitrine-menu - Under menus, labels and points, which nothing should shine through.
 * @cssprop --vitrine-ink - Signs and words.
 * @cssprop --vitrine-accent - The AR button, progress, the open point.
 * @cssprop --vitrine-on-accent - Words on those.
 *
 * @csspart poster - The picture.
 * @csspart bar - The row of buttons.
 * @csspart button - Each round button, and those inside notices.
 * @csspart menu - What "More" opens.
 * @csspart item - Each line of it.
 * @csspart variants - The group of colours and materials.
 * @csspart swatch - Each of them.
 * @csspart hotspot - Each point on the model.
 * @csspart caption - The text of the open one.
 * @csspart dimensions - The lines of the true size.
 * @csspart dimension - Each of its labels.
 * @csspart ar - The AR button.
 * @csspart ar-hint - AR's words over the camera's picture.
 * @csspart ar-close - The button that leaves AR.
 * @csspart ar-dialog - The dialogs of AR, the one with the code among them.
 * @csspart ar-code - The code to photograph with a phone.
 * @csspart hint - Where AR would work instead.
 * @csspart view - The button that asks for 3D.
 * @csspart notice - Words over the picture.
 * @csspart progress - The bar of bytes.
 */
export class VitrineViewer extends HTMLElement {
  static readonly observedAttributes = ["product", "version", "poster", "server"];

  /** Words in the place of ours, read when the element comes into view; goes before the attribute. May be set before the script is here. */
  words: Partial<Words> | null = (this as { words?: Partial<Words> }).words ?? null;

  readonly #root = this.attachShadow({ mode: "open" });
  readonly #sheet = new CSSStyleSheet();
  #life: AbortController | null = null;
  #since = 0;
  #bytes = 0;
  /** What was told before the telemetry was there to hear it. */
  #told: Told[] | null = null;
  #counted = false;

  constructor() {
    super();
    this.#sheet.replaceSync(css);
  }

  connectedCallback(): void {
    if (!this.#life) this.#start();
  }

  disconnectedCallback(): void {
    // A move within the page is a removal and a return in one breath: it keeps what is loaded.
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop();
    });
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (this.#life && before !== now) this.#restart();
  }

  #restart(): void {
    this.#stop();
    this.#start();
  }

  #stop(): void {
    this.#life?.abort();
    this.#life = null;
  }

  #start(): void {
    const id = this.getAttribute("product");
    const life = new AbortController();
    this.#life = life;
    this.#since = performance.now();
    this.#bytes = 0;
    this.#told = [];
    this.#counted = false;
    const image = new Image();
    image.part.add("poster");
    image.decoding = "async";
    image.fetchPriority = "high";
    image.alt = "";
    const poster = this.getAttribute("poster");
    if (poster) image.src = poster;
    const slot = document.createElement("slot");
    slot.name = "poster";
    slot.append(image);
    const frame = document.createElement("div");
    frame.className = "poster";
    frame.append(slot);
    this.#root.replaceChildren(frame);
    this.#root.adoptedStyleSheets = [this.#sheet];
    this.removeAttribute("ar-status");
    this.removeAttribute("ar-reason");
    if (id) this.#run(id, image, life).catch((thrown: unknown) => this.#giveUp(thrown, life.signal));
  }

  async #run(id: string, image: HTMLImageElement, { signal }: AbortController): Promise<void> {
    // The address that a phone got from the QR code: what it names is wanted at once.
    const called = location.hash === `#vitrine-ar=${id}`;
    if (called) this.scrollIntoView({ block: "center" });
    const loading = called ? "eager" : this.getAttribute("loading");
    const saving = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData;
    const onDemand = loading === "interaction" || (loading !== "eager" && saving === true);
    const wanted = onDemand
      ? this.#touched(signal)
      : loading === "eager"
        ? Promise.resolve()
        : this.#seen("0px", signal);
    if (loading !== "eager") await this.#seen("50%", signal);
    const small = isSmall();
    const server = new URL(this.getAttribute("server") ?? "", BASE).href;
    const version = this.getAttribute("version");
    const path = encodeURIComponent(id) + (version ? `/versions/${encodeURIComponent(version)}/preview` : "");
    const product = await productOf(path, server, signal);
    image.alt = product.alt || product.name;
    const url = product.variants?.poster?.url;
    if (url && !image.hasAttribute("src")) image.src = url;
    const painted = this.#painted(this.querySelector<HTMLImageElement>(":scope > img[slot=poster]") ?? image);
    if (!onDemand) await wanted;
    await painted;
    signal.throwIfAborted();
    this.#at("poster");
    const models = modelsOf(product, small);
    this.#count({ product, models, signal });
    const webgl = hasWebgl();
    const head = webgl && !onDemand ? headStart(models, signal) : null;
    const { mount } = await import("./stage.ts");
    signal.throwIfAborted();
    const renew = async (): Promise<Models> =>
      modelsOf(await fetchProduct(path, server, signal, true), small);
    await mount(this.#host({ product, models, webgl, onDemand, signal, head, wanted, renew }));
  }

  #host(
    known: Pick<Host, "product" | "models" | "webgl" | "onDemand" | "signal" | "head" | "wanted" | "renew">,
  ): Host {
    return {
      ...known,
      element: this,
      root: this.#root,
      base: BASE,
      at: (stage, again) => this.#at(stage, again),
      received: (bytes) => {
        this.#bytes += bytes;
      },
      fault: ({ kind, message }) => this.#tell("vitrine-error", { kind, message }),
      tell: (name, detail) => this.#tell(name, detail),
      restart: () => this.#restart(),
      cover: (covered) => this.#root.querySelector(".poster")?.classList.toggle("gone", !covered),
    };
  }

  #at(stage: Stage, again = false): void {
    this.setAttribute("stage", stage);
    const ms = performance.now() - this.#since;
    this.#tell("vitrine-stage", { stage, ms, bytes: this.#bytes, ...(again && { again }) });
  }

  #tell<Name extends keyof Details>(name: Name, detail: Details[Name]): void {
    this.#told?.push([name, detail, performance.now()]);
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Once a life, after the poster, and never in its way. */
  async #count(known: Omit<Watched, "since" | "told">): Promise<void> {
    const told = this.#told;
    if (!told || this.#counted) return;
    this.#counted = true;
    const wished = this.getAttribute("telemetry") !== "off";
    const telemetry = wished ? await import("./telemetry.ts").catch(() => null) : null;
    if (known.signal.aborted) return;
    this.#told = null;
    telemetry?.watch(this, { ...known, since: this.#since, told });
  }

  async #giveUp(thrown: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { kind = "script", message = "" } = thrown as Partial<ErrorDetail>;
    this.#tell("vitrine-error", { kind, message });
    this.#at("failed");
    this.#count({ signal });
    const { apologize } = await import("./stage.ts");
    await apologize(this.#root, this, signal, () => this.#restart());
  }

  #seen(rootMargin: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const observer = new IntersectionObserver(
        (entries) => {
          if (!entries.some((entry) => entry.isIntersecting)) return;
          observer.disconnect();
          resolve();
        },
        { rootMargin },
      );
      observer.observe(this);
      signal.addEventListener("abort", () => observer.disconnect());
    });
  }

  #touched(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => this.addEventListener("click", () => resolve(), { once: true, signal }));
  }

  /** Resolves once the picture is on the screen, is known to be broken, or has had its time. */
  async #painted(image: HTMLImageElement): Promise<void> {
    const patience = new Promise((resolve) => setTimeout(resolve, POSTER_PATIENCE_MS));
    await Promise.race([image.decode().catch(() => undefined), patience]);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  }
}

async function productOf(path: string, server: string, signal: AbortSignal): Promise<Product> {
  const ask = (): Promise<Product> => fetchProduct(path, server, signal);
  return ask()
    .catch(async (thrown: Error) => {
      // Only a network that did not answer is worth a second question.
      if (!(thrown instanceof TypeError)) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return ask();
    })
    .catch((thrown: Error) => {
      // Not a Fault: that class lives in the second stage, and sharing it would make a third file.
      throw { kind: "product", message: `product ${path}: ${thrown.message}` } satisfies ErrorDetail;
    });
}

/** Little memory, or a finger on a small screen: the `mobile` file is the better full model. */
function isSmall(): boolean {
  const memory = (navigator as { deviceMemory?: number }).deviceMemory ?? 8;
  const phone = matchMedia("(pointer: coarse)").matches && Math.min(screen.width, screen.height) < 600;
  return phone || memory <= 2;
}

let webgl: boolean | undefined;

/** Asked once a page: browsers count the contexts that were made, and give up the oldest. */
function hasWebgl(): boolean {
  if (webgl === undefined) {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    webgl = context !== null;
  }
  return webgl;
}

/** The first model's bytes and the renderer's script are asked for beside the second stage, not after it. */
function headStart({ preview, full }: Models, signal: AbortSignal): Promise<Response> | null {
  const first = preview ?? full;
  if (!first) return null;
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = new URL(__MODEL_VIEWER__, BASE).href;
  link.onload = link.onerror = () => link.remove();
  document.head.append(link);
  const head = fetch(first.url, { signal });
  head.catch(() => undefined); // read in the second stage
  return head;
}
