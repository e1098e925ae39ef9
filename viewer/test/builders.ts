import type { Product, Variant } from "../src/product.ts";

export function aFile(name: string, size = 1_000): Variant {
  const format = name.endsWith(".usdz") ? "usdz" : "glb";
  return { url: `https://vitrine.example/files/${name}`, format, size, triangles: 12, proof: null };
}

export function aProduct(given: Partial<Product> = {}): Product {
  return {
    id: "5f0f4a52-3d6c-4d50-9d34-0a4c0a6f7a11",
    name: "Chair",
    alt: null,
    format: "glb",
    size: 5_000,
    model_3d_url: "https://vitrine.example/files/android.glb",
    ar_enabled: true,
    dimensions_m: [0.6, 0.9, 0.6],
    variants: {
      preview: aFile("preview.glb", 100),
      mobile: aFile("mobile.glb", 2_000),
      web: aFile("web.glb", 3_000),
      android: aFile("android.glb", 5_000),
      ios: aFile("ios.usdz", 6_000),
    },
    ...given,
  };
}
