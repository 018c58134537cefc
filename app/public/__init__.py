"""Pages for the public: no login, by a station's code."""
