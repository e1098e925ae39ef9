/** The build gives style sheets as minified strings. */
declare module "*.css" {
  const css: string;
  export default css;
}
