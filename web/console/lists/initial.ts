/** What stands in an avatar: the first letter of a (possibly masked) name, or a dot when there is none. */
export function initialOf(name: string): string {
  return Array.from(name.trim())[0]?.toUpperCase() ?? "·";
}
