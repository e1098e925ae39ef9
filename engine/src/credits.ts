/** Who made a model and what may be done with it, wherever the file says so. */

export interface Credits {
  author: string;
  license: string;
  copyright: string;
}

type Fields = Record<string, unknown>;

const XMP = "KHR_xmp_json_ld";
const LONGEST = 500;

/** From the asset's own field, its extras as Sketchfab writes them, and XMP (dc:creator, dc:rights). "" where nothing is said. */
export function creditsOf(json: object): Credits {
  const asset = fieldsOf((json as Fields).asset);
  const extras = fieldsOf(asset.extras);
  const xmp = packetOf(json as Fields, asset);
  return {
    author: first(extras.author, xmp["dc:creator"]),
    license: first(extras.license, xmp["xmpRights:UsageTerms"], xmp["dc:rights"]),
    copyright: first(asset.copyright, extras.copyright),
  };
}

/** All of it in one line, as a variant carries it; what one part says already is not said again. */
export function creditLine({ copyright, author, license }: Credits): string {
  const parts: string[] = [];
  for (const part of [copyright, author, license]) {
    if (part && !parts.some((said) => said.includes(part))) parts.push(part);
  }
  return parts.join(" · ");
}

function packetOf(json: Fields, asset: Fields): Fields {
  const { packets } = fieldsOf(fieldsOf(json.extensions)[XMP]);
  const { packet } = fieldsOf(fieldsOf(asset.extensions)[XMP]);
  return Array.isArray(packets) && typeof packet === "number" ? fieldsOf(packets[packet]) : {};
}

function first(...values: unknown[]): string {
  for (const value of values) {
    const words = wordsOf(value, 4).replace(/\s+/g, " ").trim();
    if (words) return words.slice(0, LONGEST);
  }
  return "";
}

/** JSON-LD wraps its texts: {"@value": text}, {"@list" or "@set": […]}, and rdf:Alt or rdf:Seq with rdf:_1, rdf:_2 … */
function wordsOf(value: unknown, levels: number): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || levels === 0) return "";
  if (Array.isArray(value)) return listed(value, levels);
  const fields = value as Fields;
  const inner = fields["@value"] ?? fields["@list"] ?? fields["@set"];
  if (inner !== undefined) return wordsOf(inner, levels - 1);
  const items = Object.entries(fields).filter(([name]) => /^rdf:_\d+$/.test(name));
  const texts = items.map(([, item]) => item);
  // Alternatives say the same in several languages, the default first.
  return listed(fields["@type"] === "rdf:Alt" ? texts.slice(0, 1) : texts, levels);
}

function listed(values: unknown[], levels: number): string {
  return values
    .slice(0, 20)
    .map((value) => wordsOf(value, levels - 1))
    .filter((text) => text !== "")
    .join(", ");
}

/** An object's fields; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
