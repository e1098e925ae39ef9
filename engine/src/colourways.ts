/** What a model wears: what it comes in, and what each of its material variants puts on it. */
import { type Document, type ExtensionProperty, type Material, Texture } from "@gltf-transform/core";
import type { MappingList, Variant } from "@gltf-transform/extensions";

/** Textures are told by their numbers in the document. */
export interface Colourways {
  /** For each colourway, the one that the model comes in first: the textures that it shows. */
  worn: Set<number>[];
  /** By texture: those of the first colourway that lie in its places. */
  replaced: number[][];
}

const VARIANTS = "KHR_materials_variants";
/** The views of a proof that show the model as it comes, and how many other colourways get one each. */
const PROOF_VIEWS = 7;
const PROOF_COLOURWAYS = 4;

type Slots = Map<string, number>;

export function colourwaysOf(document: Document): Colourways {
  const root = document.getRoot();
  const textures = root.listTextures();
  const numbers = new Map(textures.map((texture, index) => [texture, index]));
  const primitives = root.listMeshes().flatMap((mesh) => mesh.listPrimitives());
  const parts = primitives.map((primitive) => ({
    slots: slotsOf(document, primitive.getMaterial(), numbers),
    others: othersOf(document, primitive.getExtension<MappingList>(VARIANTS), numbers),
  }));
  const variants = [...new Set(parts.flatMap(({ others }) => [...others.keys()]))];
  const replaced: Set<number>[] = textures.map(() => new Set());
  for (const { slots, others } of parts) {
    for (const other of others.values()) note(replaced, slots, other);
  }
  const worn = [undefined, ...variants].map(
    (variant) =>
      new Set(
        parts.flatMap(({ slots, others }) => [...((variant && others.get(variant)) ?? slots).values()]),
      ),
  );
  return { worn: distinct(worn, textures.length), replaced: replaced.map((found) => [...found]) };
}

/** The textures of a material and of its extensions, by the name of their slot. */
function slotsOf(document: Document, material: Material | null, numbers: Map<Texture, number>): Slots {
  const slots: Slots = new Map();
  if (!material) return slots;
  const holders: (Material | ExtensionProperty)[] = [material, ...material.listExtensions()];
  for (const edge of holders.flatMap((holder) => document.getGraph().listChildEdges(holder))) {
    const child = edge.getChild();
    if (child instanceof Texture) slots.set(edge.getName(), numbers.get(child) as number);
  }
  return slots;
}

function othersOf(
  document: Document,
  list: MappingList | null,
  numbers: Map<Texture, number>,
): Map<Variant, Slots> {
  const found = new Map<Variant, Slots>();
  for (const mapping of list?.listMappings() ?? []) {
    const slots = slotsOf(document, mapping.getMaterial(), numbers);
    for (const variant of mapping.listVariants()) found.set(variant, slots);
  }
  return found;
}

function note(replaced: Set<number>[], slots: Slots, other: Slots): void {
  for (const [name, number] of other) {
    const first = slots.get(name);
    if (first !== undefined && first !== number) replaced[number]?.add(first);
  }
}

/** Two colourways of the same textures ask for the same. What none shows may be shown by the first. */
function distinct(worn: Set<number>[], count: number): Set<number>[] {
  const shown = new Set(worn.flatMap((one) => [...one]));
  for (let number = 0; number < count; number++) if (!shown.has(number)) worn[0]?.add(number);
  const first = worn[0] as Set<number>;
  const byKey = new Map([...worn].reverse().map((one) => [[...one].sort((a, b) => a - b).join(), one]));
  return [first, ...[...byKey.values()].filter((one) => one !== first).reverse()];
}

/** A texture's weights in the views of every colourway, one after another: nothing where it is not worn. */
export function weightsIn({ worn }: Colourways, texture: number, weights: number[]): number[] {
  return worn.flatMap((one) => weights.map((weight) => (one.has(texture) ? weight : 0)));
}

/** The parts of a proof's mean of the same views: of the colourways but the first only some are proven, from the front. */
export function sharesIn(shares: number[], count: number): number[] {
  if (count === 1) return shares;
  const whole = PROOF_VIEWS + Math.min(count - 1, PROOF_COLOURWAYS);
  const others = Array.from({ length: count - 1 }, (_, number) =>
    shares.map((_, view) => (view === 0 && number < PROOF_COLOURWAYS ? 1 / whole : 0)),
  );
  return [...shares.map((share) => (share * PROOF_VIEWS) / whole), ...others.flat()];
}
