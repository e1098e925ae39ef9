/** Turns of a model as 3×3 matrices by rows, and as degrees about z, then x, then y. Pure. */

const DEGREE = Math.PI / 180;

export const NONE = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** About one axis of the world, in degrees. */
export function about(axis, degrees) {
  const [s, c] = [Math.sin(degrees * DEGREE), Math.cos(degrees * DEGREE)];
  if (axis === "x") {
    return [
      [1, 0, 0],
      [0, c, -s],
      [0, s, c],
    ];
  }
  if (axis === "y") {
    return [
      [c, 0, s],
      [0, 1, 0],
      [-s, 0, c],
    ];
  }
  return [
    [c, -s, 0],
    [s, c, 0],
    [0, 0, 1],
  ];
}

/** First `second`, then `first`. */
export function after(first, second) {
  return first.map((row) =>
    [0, 1, 2].map((at) => row.reduce((sum, each, k) => sum + each * second[k][at], 0)),
  );
}

export function back(turn) {
  return turn.map((_, row) => turn.map((one) => one[row]));
}

export function fromDegrees({ x = 0, y = 0, z = 0 }) {
  return after(about("y", y), after(about("x", x), about("z", z)));
}

export function toDegrees(m) {
  const x = Math.asin(Math.min(Math.max(-m[1][2], -1), 1));
  const level = Math.abs(m[1][2]) < 0.9999999;
  const y = level ? Math.atan2(m[0][2], m[2][2]) : Math.atan2(-m[2][0], m[0][0]);
  const z = level ? Math.atan2(m[1][0], m[1][1]) : 0;
  const rounded = (angle) => Number((angle / DEGREE).toFixed(3)) + 0;
  return { x: rounded(x), y: rounded(y), z: rounded(z) };
}
