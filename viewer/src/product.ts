/** What the service says about a product, and which of its files this device should show. */

export type Format = "fbx" | "glb" | "gltf" | "obj" | "ply" | "stl" | "usdz" | "webp" | "zip";

export interface Variant {
  readonly url: string;
  readonly format: Format;
  /** Bytes of the file itself, not of its compressed way over the wire. */
  readonly size: number;
  readonly triangles: number | null;
  readonly proof: unknown;
}

export type Kind = "preview" | "mobile" | "web" | "android" | "ios" | "poster" | "thumbnail" | "turntable";

/** The product as `GET /api/assets/3d/{id}/` answers; only what the element reads. */
export interface Product {
  readonly id: string;
  readonly version?: number;
  readonly name: string;
  readonly alt: string | null;
  readonly format: Format;
  readonly size: number;
  readonly model_3d_url: string;
  readonly ar_enabled: boolean;
  readonly dimensions_m: readonly number[] | null;
  /** Whatever the shop keeps with it; `hotspots`, `view`, `colourways` and `ar` are ours to read. */
  readonly metadata?: Readonly<Record<string, unknown>> & {
    readonly hotspots?: unknown;
    readonly view?: unknown;
    readonly colourways?: unknown;
  };
  readonly variants?: Partial<Record<Kind, Variant | null>>;
}

/** A GLB to show; `size` in bytes. */
export interface Model {
  readonly url: string;
  readonly size: number;
}

/** The first thing to show and the full one. `preview` is null where it would be no quicker. */
export interface Models {
  readonly preview: Model | null;
  readonly full: Model | null;
}

export function modelsOf(product: Product, small: boolean): Models {
  const { preview, mobile, web } = product.variants ?? {};
  const full = (small ? (mobile ?? web) : (web ?? mobile)) ?? sourceOf(product) ?? preview ?? null;
  return { preview: preview && preview.url !== full?.url ? preview : null, full };
}

function sourceOf(product: Product): Model | null {
  return product.format === "glb" ? { url: product.model_3d_url, size: product.size } : null;
}

/**
 * Asks for a product at the service that `server` is an address of. `path` is its id, or leads from there to how one of
 * its versions would be shown. `fresh` goes past the caches, for addresses that ran out.
 */
export async function fetchProduct(
  path: string,
  server: string,
  signal: AbortSignal,
  fresh = false,
): Promise<Product> {
  const url = new URL(`/api/assets/3d/${path}/`, server);
  // On the service's own pages staff see what is not published: same-origin cookies go along, others never do.
  const answer = await fetch(url, {
    signal,
    credentials: "same-origin",
    cache: fresh ? "no-cache" : "default",
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()) as Product;
}
