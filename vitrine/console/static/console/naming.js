/** Names and tags for people, guessed from those of files and folders. */

const TAGS = 5;
const SAYS_NOTHING = new Set(
  "3d assets download downloads export exports final glb gltf in mesh meshes model models new obj out output scene source src stl textures tmp untitled usdz zip".split(
    " ",
  ),
);

/** red_lounge-chair.v2.glb becomes Red lounge chair v2. A name that says nothing is its folder's. */
export function nameFrom(fileName, path = []) {
  const bare = fileName.replace(/\.[^.]+$/, "");
  const folder = path.at(-1);
  const telling = folder && SAYS_NOTHING.has(spaced(bare).toLowerCase()) ? folder : bare;
  const words = spaced(telling);
  return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, 200);
}

/** The folders that a file lies in, those that say something, as tags. */
export function tagsFrom(path) {
  const words = path.map((folder) => spaced(folder).toLowerCase().slice(0, 60));
  return [
    ...new Set(words.filter((word) => word && !SAYS_NOTHING.has(word) && !/^[\d\s]+$/.test(word))),
  ].slice(-TAGS);
}

/** What somebody wrote into a field of tags. */
export function tagsIn(text) {
  return [...new Set(text.split(",").map((tag) => tag.trim().slice(0, 60)))].filter(Boolean).slice(0, 50);
}

function spaced(text) {
  return text
    .replace(/[-_.\s]+/g, " ")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .trim();
}
