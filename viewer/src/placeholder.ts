/**
 * The first stage: all that a page pays for before a product is seen. It shows the poster, waits until the element is
 * near, asks for the product, and calls the second stage. Kept under 3 kB (brotli) by a test.
 */

import type { Details, ErrorDetail, Host, Stage } from "./host.ts";
import css from "./placeholder.css";
import { fetchProduct, type Models, modelsOf, type Product } from "./product.ts";

const POSTER_PATIENCE_MS = 3_000;
const BASE = import.meta.url;

/**
 * `<vitrine-viewer product="…">`: a product's picture at once, its 3D model when seen, AR where it works.
 *
 * Attributes it reads:
 * - `product`: the product's id.
 * - `poster`: address of the picture; without it the product's own. `<img slot="poster">` inside goes before both.
 * - `loading`: `visible` (default) loads 3D when the element is on the screen, `interaction` waits for a tap,
 *   `eager` does not wait. A browser that asks to save data makes `visible` wait for a tap.
 *
 * Attributes it writes:
 * - `stage`: `poster`, `loading`, `preview`, `full` or `failed`; see `Stage`.
 * - `ar-status`: `webxr`, `scene-viewer`, `quick-look` or `unavailable`, then with `ar-reason`; see `ArReason`.
 *
 * Events, all bubbling out of shadow roots: `vitrine-stage`, `vitrine-error`, `vitrine-ar`, `vitrine-ar-action`; see
 * `Details`.
 *
 * Style: `--vitrine-ratio` (1 / 1), `--vitrine-radius`, `--vitrine-background`, `--vitrine-surface`, `--vitrine-ink`,
 * `--vitrine-accent`, `--vitrine-on-accent`; parts `poster`, `bar`, `button`, `ar`, `hint`, `view`, `notice`,
 * `progress`, and AR's own `ar-hint`, `ar-close`, `ar-dialog`, `ar-code`. It is light or dark as the page's `color-scheme` is.
 */
export class VitrineViewer extends HTMLElement {
  static readonly observedAttributes = ["product", "poster"];

  readonly #root = this.attachShadow({ mode: "open" });
  readonly #sheet = new CSSStyleSheet();
  #life: AbortController | null = null;
  #since = 0;
  #bytes = 0;

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
    const product = await productOf(id, signal);
    image.alt = product.alt || product.name;
    const url = product.variants?.poster?.url;
    if (url && !image.hasAttribute("src")) image.src = url;
    const painted = this.#painted(this.querySelector<HTMLImageElement>(":scope > img[slot=poster]") ?? image);
    if (!onDemand) await wanted;
    await painted;
    signal.throwIfAborted();
    this.#at("poster");
    const models = modelsOf(product, small);
    const webgl = hasWebgl();
    const head = webgl && !onDemand ? headStart(models, signal) : null;
    const { mount } = await import("./stage.ts");
    signal.throwIfAborted();
    const renew = async (): Promise<Models> => modelsOf(await fetchProduct(id, BASE, signal, true), small);
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
      at: (stage) => this.#at(stage),
      received: (bytes) => {
        this.#bytes += bytes;
      },
      fault: ({ kind, message }) => this.#tell("vitrine-error", { kind, message }),
      tell: (name, detail) => this.#tell(name, detail),
      restart: () => this.#restart(),
      cover: (covered) => this.#root.querySelector(".poster")?.classList.toggle("gone", !covered),
    };
  }

  #at(stage: Stage): void {
    this.setAttribute("stage", stage);
    this.#tell("vitrine-stage", { stage, ms: performance.now() - this.#since, bytes: this.#bytes });
  }

  #tell<Name extends keyof Details>(name: Name, detail: Details[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  async #giveUp(thrown: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { kind = "script", message = "" } = thrown as Partial<ErrorDetail>;
    this.#tell("vitrine-error", { kind, message });
    this.#at("failed");
    const { apologize } = await import("./stage.ts");
    if (!signal.aborted) apologize(this.#root, this, () => this.#restart());
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

async function productOf(id: string, signal: AbortSignal): Promise<Product> {
  const ask = (): Promise<Product> => fetchProduct(id, BASE, signal);
  return ask()
    .catch(async (thrown: Error) => {
      // Only a network that did not answer is worth a second question.
      if (!(thrown instanceof TypeError)) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return ask();
    })
    .catch((thrown: Error) => {
      // Not a Fault: that class lives in the second stage, and sharing it would make a third file.
      throw { kind: "product", message: `product ${id}: ${thrown.message}` } satisfies ErrorDetail;
    });
}

/** Little memory, or a finger on a small screen: the `mobile` file is the better full model. */
function isSmall(): boolean {
  const memory = (navigator as { deviceMemory?: number }).deviceMemory ?? 8;
  const phone = matchMedia("(pointer: coarse)").matches && Math.min(screen.width, screen.height) < 600;
  return phone || memory <= 2;
}

function hasWebgl(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
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
