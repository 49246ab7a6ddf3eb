/** One label matcher of a selector. */
export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  readonly at: number;
}

/** How the two sides of a binary operation find each other. */
export interface Matching {
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly group: 'left' | 'right' | undefined;
  /** Labels that the "many" side takes from the "one" side. */
  readonly include: readonly string[];
}

/** The time that `@` fixes: ms, or an end of the whole query. */
export type Pin = number | 'start' | 'end' | undefined;

export interface SelectorExpr {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  /** In ms, positive = into the past. */
  readonly offset: number;
  readonly pin: Pin;
  readonly at: number;
}

/** A range selector over stored samples; `range` in ms. */
export interface MatrixExpr {
  readonly kind: 'matrix';
  readonly selector: SelectorExpr;
  readonly range: number;
  readonly at: number;
}

/** An expression evaluated on its own grid, aligned to multiples of `step`; times in ms. Without a step it is the evaluator's. */
export interface SubqueryExpr {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: number;
  readonly step: number | undefined;
  readonly offset: number;
  readonly pin: Pin;
  readonly at: number;
}

export interface BinaryExpr {
  readonly kind: 'binary';
  readonly op: string;
  readonly left: Expr;
  readonly right: Expr;
  readonly bool: boolean;
  readonly matching: Matching | undefined;
  /** Where the operator stands. */
  readonly operatorAt: number;
  readonly at: number;
}

export interface AggregateExpr {
  readonly kind: 'aggregate';
  readonly op: string;
  readonly param: Expr | undefined;
  readonly expr: Expr;
  readonly without: boolean;
  readonly labels: readonly string[];
  readonly at: number;
}

export interface CallExpr {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
  readonly at: number;
}

/** A query as it is evaluated; `at` is the offset in its text where the expression begins. */
export type Expr = Bare & {
  /** Stands in brackets, which nothing behind them reaches into. */
  readonly closed?: true;
};

type Bare =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'string'; readonly text: string; readonly at: number }
  | { readonly kind: 'negate'; readonly operand: Expr; readonly at: number }
  | SelectorExpr
  | MatrixExpr
  | SubqueryExpr
  | BinaryExpr
  | AggregateExpr
  | CallExpr;
