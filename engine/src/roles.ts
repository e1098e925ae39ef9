/** What a texture is for. Its codec and its error's measure follow from that. */
import { type Texture, TextureChannel } from "@gltf-transform/core";
import { getTextureChannelMask, listTextureSlots } from "@gltf-transform/functions";

/** `colour` is looked at, `normal` bends light, `data` holds one number a channel. */
export type Role = "colour" | "normal" | "data";

export interface Use {
  role: Role;
  /** Which of r, g, b are read. */
  channels: [boolean, boolean, boolean];
  alpha: boolean;
}

const COLOUR = /^(baseColor|emissive|diffuse|sheenColor|specularColor|diffuseTransmissionColor)Texture$/;
const NORMAL = /[nN]ormalTexture$/;

export function useOf(texture: Texture): Use {
  const slots = listTextureSlots(texture);
  const mask = getTextureChannelMask(texture);
  const role = slots.some((slot) => NORMAL.test(slot))
    ? "normal"
    : slots.some((slot) => COLOUR.test(slot))
      ? "colour"
      : "data";
  const all = role !== "data" || slots.length === 0;
  return {
    role,
    channels: [
      all || (mask & TextureChannel.R) !== 0,
      all || (mask & TextureChannel.G) !== 0,
      all || (mask & TextureChannel.B) !== 0,
    ],
    alpha: (mask & TextureChannel.A) !== 0 || slots.includes("specularGlossinessTexture"),
  };
}
