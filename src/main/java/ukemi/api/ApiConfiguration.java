package ukemi.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Puts the checks in front of the controllers, and gives these the checked request. */
@Configuration
class ApiConfiguration implements WebMvcConfigurer, HandlerMethodArgumentResolver {

  private final RequestChecks checks;

  ApiConfiguration(RequestChecks checks) {
    this.checks = checks;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(checks);
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == ApiRequest.class;
  }

  /** A request that has not been checked has no business in a controller. */
  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      ModelAndViewContainer container,
      NativeWebRequest request,
      WebDataBinderFactory binders) {
    return Optional.ofNullable(
            request.getAttribute(ApiRequest.class.getName(), RequestAttributes.SCOPE_REQUEST))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "unchecked: " + request.getNativeRequest(HttpServletRequest.class)));
  }
}
