/** Something that can be done from the palette. `group` is a word; `also` are further words by which it is found. */
export interface Command { id: string; group: string; label: string; hint?: string; also?: string; run: () => void }

/** Gives its commands for what was typed so far; asked anew at each key. */
export type CommandSource = (typed: string) => Command[];

/** Where the parts of the desk put their commands: canned replies, views, pages. */
export class Commands {
  private readonly sources: CommandSource[] = [];

  /** From now on `source` is asked too. Returns the way to take it back. */
  add(source: CommandSource): () => void {
    this.sources.push(source);
    return () => void this.sources.splice(this.sources.indexOf(source), 1);
  }

  /** What fits, best first within the order of the sources; at most `most`. */
  find(typed: string, most = 40): Command[] {
    const wanted = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.sources.flatMap((source) => source(typed.trim()));
    return found.filter((command) => fits(command, wanted)).slice(0, most);
  }
}

function fits(command: Command, wanted: string[]): boolean {
  const text = `${command.group} ${command.label} ${command.also ?? ""}`.toLowerCase();
  return wanted.every((word) => text.includes(word));
}
