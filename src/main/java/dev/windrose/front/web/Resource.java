package dev.windrose.front.web;

/** The calls of one subject. */
public interface Resource {

    /** Adds its calls; called once, before the first request. */
    void addTo(Router router);
}
