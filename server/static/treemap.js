// Squarified treemap (Bruls, Huizing, van Wijk 2000): rectangles with areas as given, none of them long and thin.

/** For each value (over 0, largest first is best) its rectangle {x, y, w, h} inside the given one. */
export function treemap(values, { x, y, w, h }) {
  const total = values.reduce((sum, value) => sum + value, 0);
  const scale = (w * h) / total;
  const areas = values.map((value) => value * scale);
  const rectangles = [];
  let rest = { x, y, w, h };
  for (let start = 0; start < areas.length; ) {
    const side = Math.min(rest.w, rest.h);
    let end = start + 1;
    while (end < areas.length && worst(areas.slice(start, end + 1), side) <= worst(areas.slice(start, end), side)) end += 1;
    rest = layRow(areas.slice(start, end), rest, rectangles);
    start = end;
  }
  return rectangles;
}

/** The largest ratio of sides in a row of areas along a side. */
function worst(row, side) {
  const sum = row.reduce((all, area) => all + area, 0);
  const thickness = sum / side;
  return Math.max(...row.map((area) => Math.max(thickness ** 2 / area, area / thickness ** 2)));
}

function layRow(row, rest, rectangles) {
  const sum = row.reduce((all, area) => all + area, 0);
  const upright = rest.w >= rest.h; // the row stands at the left, or lies at the top
  const thickness = sum / (upright ? rest.h : rest.w);
  let along = upright ? rest.y : rest.x;
  for (const area of row) {
    const length = area / thickness;
    rectangles.push(
      upright ? { x: rest.x, y: along, w: thickness, h: length } : { x: along, y: rest.y, w: length, h: thickness },
    );
    along += length;
  }
  return upright
    ? { x: rest.x + thickness, y: rest.y, w: rest.w - thickness, h: rest.h }
    : { x: rest.x, y: rest.y + thickness, w: rest.w, h: rest.h - thickness };
}
