/** Packages that bring no types: as much of them as is used here. */
declare module "gltf-validator" {
  interface Message {
    code: string;
    severity: number;
    message: string;
    pointer?: string;
  }
  export function validateBytes(
    bytes: Uint8Array,
    options: {
      maxIssues: number;
      writeTimestamp: boolean;
      ignoredIssues: string[];
      externalResourceFunction: (uri: string) => Promise<Uint8Array>;
    },
  ): Promise<{ issues: { messages: Message[]; truncated: boolean } }>;
}

declare module "draco3dgltf" {
  const draco3d: {
    createDecoderModule(): Promise<object>;
    createEncoderModule(): Promise<object>;
  };
  export default draco3d;
}

declare module "gltfpack" {
  export function pack(
    args: string[],
    files: { read(path: string): Uint8Array; write(path: string, data: Uint8Array): void },
  ): Promise<string>;
}
