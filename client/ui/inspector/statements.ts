/**
 * Where a statement of SQL may end: strings, quoted names and comments are one piece each, words are another.
 * Source: https://www.sqlite.org/lang.html, and of what is left open at the end, that SQLite takes it to be so.
 */
const pieces =
  /'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\p{L}\p{N}_$]+|;|\s+|[\s\S]/gu;

/** What is no part of a statement: spaces and comments. */
const between = /^(?:\s|--|\/\*)/;

/** A statement without the comments in front of it. */
export function uncommented(statement: string): string {
  for (const { 0: piece, index } of statement.matchAll(pieces)) {
    if (!between.test(piece)) return statement.slice(index);
  }
  return '';
}

/** The statements of a script, without those of which nothing is left but comments. */
export function statementsOf(script: string): string[] {
  const statements: string[] = [];
  let text = '';
  /** Words and signs so far, in capitals. */
  let tokens: string[] = [];
  const end = () => {
    if (tokens.length > 0) statements.push(text.trim());
    text = '';
    tokens = [];
  };
  for (const [piece] of script.matchAll(pieces)) {
    if (piece === ';' && isWhole(tokens)) {
      end();
      continue;
    }
    text += piece;
    if (!between.test(piece)) tokens.push(piece.toUpperCase());
  }
  end();
  return statements;
}

/** Whether a `;` ends the statement: in a trigger, only behind its last END. */
function isWhole(tokens: readonly string[]): boolean {
  const isTrigger = /^(?:EXPLAIN (?:QUERY PLAN )?)?CREATE (?:TEMP |TEMPORARY )?TRIGGER /.test(
    tokens.slice(0, 7).join(' '),
  );
  return !isTrigger || (tokens.at(-1) === 'END' && tokens.at(-2) === ';');
}
