import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { colours } from "../preferences.ts";

/** Draws into a canvas of a size, again with every rendering and in new colours. Without a size nothing is drawn yet. */
export function useCanvas(
  draw: (context: CanvasRenderingContext2D) => void,
  size: { readonly width: number; readonly height: number } | undefined,
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Read here, so that the canvas is drawn again when they change.
  void colours.value;
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = size && element?.getContext("2d");
    if (!size || !element || !context) return;
    const { width, height } = size;
    const scale = devicePixelRatio;
    element.width = Math.ceil(width * scale);
    element.height = Math.ceil(height * scale);
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
    context.scale(scale, scale);
    draw(context);
  });
  return canvas;
}

/** The width that an element has for what it holds, known before the element is painted. */
export function useWidth<Of extends HTMLElement>() {
  const holder = useRef<Of>(null);
  const [width, setWidth] = useState<number | undefined>(undefined);
  useLayoutEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const look = () => setWidth(element.clientWidth);
    const observer = new ResizeObserver(look);
    look();
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { holder, width };
}
