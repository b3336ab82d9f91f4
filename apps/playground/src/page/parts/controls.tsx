import type { ComponentChildren } from "preact";

/** A labelled control. */
export function Control({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children.
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

interface NumberControlProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onValue: (value: number) => void;
  /** Shown in place of a number that stands for a default. */
  readonly placeholder?: { readonly of: number; readonly text: string } | undefined;
}

/** A whole number in its bounds; what is outside of them is brought within. */
export function NumberControl({ label, value, least, most, onValue, placeholder }: NumberControlProps) {
  const set = (written: string) => {
    if (written === "" && placeholder) return onValue(placeholder.of);
    const number = Math.round(Number(written));
    if (written !== "" && Number.isFinite(number)) onValue(Math.max(least, Math.min(most, number)));
  };
  return (
    <Control label={label}>
      <input
        type="number"
        min={least}
        max={most}
        value={placeholder?.of === value ? "" : value}
        placeholder={placeholder?.text}
        onChange={({ currentTarget }) => {
          set(currentTarget.value);
          currentTarget.value = placeholder?.of === value ? "" : String(value);
        }}
      />
    </Control>
  );
}

/** Numbers as options, each written as it is. */
export const numberOptions = (values: readonly number[]) => values.map((value) => [value, String(value)] as const);

interface SelectControlProps<Value extends string | number> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, text: string])[];
  readonly onValue: (value: Value) => void;
}

/** One of a few values. */
export function SelectControl<Value extends string | number>(props: SelectControlProps<Value>) {
  const { label, value, options, onValue } = props;
  return (
    <Control label={label}>
      <select
        value={String(value)}
        onChange={({ currentTarget }) => {
          const chosen = options.find(([one]) => String(one) === currentTarget.value);
          if (chosen) onValue(chosen[0]);
        }}
      >
        {options.map(([one, text]) => (
          <option key={one} value={String(one)}>
            {text}
          </option>
        ))}
      </select>
    </Control>
  );
}
