import type { HTMLAttributes, RefObject } from "preact";
import { useId } from "preact/hooks";
import type { GridCursor, GridSize } from "./grid-cursor.ts";

interface GridFrameProps {
  readonly holder: RefObject<HTMLDivElement | null>;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly size: GridSize;
  readonly cursor: GridCursor;
  readonly name: string;
  /** The element that says how the grid is used. */
  readonly describedBy: string;
  readonly isReadOnly: boolean;
  /** The cell of the cursor in words. */
  readonly label: string;
  /** The line below the grid, which is spoken as it changes. */
  readonly said: string;
  /** Called with a key that does not move. Returns whether it did anything. */
  readonly onKey: (event: KeyboardEvent) => boolean;
  readonly pointer: Pick<
    HTMLAttributes<HTMLDivElement>,
    "onContextMenu" | "onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel" | "onPointerLeave"
  >;
}

/**
 * A canvas as a grid of cells. It is one stop of the keyboard: the cell of the cursor is told by `aria-activedescendant`,
 * since a grid of 65,536 elements would be slow.
 */
export function GridFrame({ holder, canvas, size, cursor, pointer, onKey, ...said }: GridFrameProps) {
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") cursor.escape(event.currentTarget as HTMLElement);
    else if (!cursor.move(event) && !onKey(event)) return;
    event.preventDefault();
  };
  return (
    <div class="matrix" ref={holder}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table of all cells would be slow. */}
      <div
        role="grid"
        tabIndex={0}
        aria-label={said.name}
        aria-describedby={said.describedBy}
        aria-rowcount={size.queries}
        aria-colcount={size.keys}
        aria-multiselectable="true"
        aria-readonly={said.isReadOnly}
        aria-activedescendant={id}
        onKeyDown={onKeyDown}
        onFocus={() => cursor.focus(true)}
        onBlur={() => cursor.focus(false)}
        {...pointer}
      >
        <canvas ref={canvas} />
        <CursorCell id={id} at={cursor.cursor} label={said.label} />
      </div>
      <p class="under" aria-live="polite">
        {said.said}
      </p>
    </div>
  );
}

interface CursorCellProps {
  readonly id: string;
  readonly at: GridCursor["cursor"];
  readonly label: string;
}

/** The cell of the cursor, for those who hear it. */
const CursorCell = ({ id, at, label }: CursorCellProps) => (
  // biome-ignore lint/a11y/useSemanticElements: a table of all cells would be slow.
  // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
  <div role="row" aria-rowindex={at.query + 1} class="hidden">
    {/* biome-ignore lint/a11y/useSemanticElements: a table of all cells would be slow. */}
    {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus. */}
    <div role="gridcell" id={id} aria-colindex={at.key + 1} aria-selected="true" aria-label={label}>
      {label}
    </div>
  </div>
);
